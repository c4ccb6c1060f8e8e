using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Functions;

public sealed class FunctionIndexTests
{
    [Theory]
    [InlineData(typeof(TwoOfOneName), "function.duplicate-name")]
    [InlineData(typeof(NameWithSpace), "function.invalid-name")]
    [InlineData(typeof(NoTrigger), "function.trigger-count")]
    [InlineData(typeof(TwoTriggers), "function.trigger-count")]
    [InlineData(typeof(TriggerOfWrongType), "parameter.unsupported-type")]
    [InlineData(typeof(UnboundParameter), "parameter.unbound")]
    [InlineData(typeof(ClientOfWrongType), "parameter.unsupported-type")]
    [InlineData(typeof(ClientOfAnotherHub), "parameter.unknown-hub")]
    [InlineData(typeof(BadRoute), "http.invalid-route")]
    [InlineData(typeof(BadSchedule), "timer.invalid-schedule")]
    [InlineData(typeof(BadContainer), "blob.invalid-path")]
    [InlineData(typeof(MissingSetting), "setting.missing")]
    [InlineData(typeof(BlobOfWrongType), "parameter.unsupported-type")]
    [InlineData(typeof(BlobInOrchestrator), "parameter.unsupported-type")]
    [InlineData(typeof(OutputWithoutName), "blob.invalid-path")]
    [InlineData(typeof(OutputOfOrchestrator), "output.unsupported")]
    public void A_function_declared_wrong_stops_the_start_with_its_code_and_name(Type functions, string code)
    {
        var exception = Assert.Throws<FunctionHostException>(() => TestHost.Build(functions));

        Assert.Equal(code, exception.Code);
        Assert.Contains("wrong", exception.Location, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(functions.Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_function_has_no_route()
    {
        await using var host = await TestHost.StartAsync(
            typeof(Switchable), new() { ["AzureWebJobs.Switchable.Disabled"] = "true" });

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/Switchable")).StatusCode);
    }

    [Fact]
    public async Task Every_function_is_listed_with_what_starts_it()
    {
        await using var host = await TestHost.StartAsync(typeof(Switchable));

        var entry = await host.Logs.WaitForAsync(1102);

        Assert.Equal($"Switchable: [GET,POST] {host.Client.BaseAddress}api/Switchable", entry.Message);
    }

    public static class Switchable
    {
        [Function("Switchable")]
        public static void Run([HttpTrigger("get", "post")] HttpRequest request) => request.HttpContext.Response.StatusCode = 200;
    }

    public static class TwoOfOneName
    {
        [Function("Wrong")]
        public static void One([HttpTrigger] HttpRequest request) => request.HttpContext.Abort();

        [Function("wrong")]
        public static void Two([HttpTrigger] HttpRequest request) => request.HttpContext.Abort();
    }

    public static class NameWithSpace
    {
        [Function("Wrong name")]
        public static void Run([HttpTrigger] HttpRequest request) => request.HttpContext.Abort();
    }

    public static class NoTrigger
    {
        [Function("Wrong")]
        public static string Run(string text) => text;
    }

    public static class TwoTriggers
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger] HttpRequest request, [TimerTrigger("00:00:05")] TimerInfo timer) => $"{request}{timer}";
    }

    public static class TriggerOfWrongType
    {
        [Function("Wrong")]
        public static string Run([TimerTrigger("00:00:05")] HttpRequest request) => $"{request}";
    }

    public static class UnboundParameter
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger(Route = "jobs/{id}")] HttpRequest request, string name) => $"{request}{name}";
    }

    public static class BlobOfWrongType
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger] HttpRequest request, [BlobInput("files/a")] IDisposable blob) => $"{request}{blob}";
    }

    public static class BlobInOrchestrator
    {
        [Function("Wrong")]
        public static string Run([OrchestrationTrigger] TaskOrchestrationContext context, [BlobInput("files/a")] string blob) => $"{context}{blob}";
    }

    public static class OutputWithoutName
    {
        [Function("Wrong")]
        [BlobOutput("files")]
        public static string Run([HttpTrigger] HttpRequest request) => $"{request}";
    }

    public static class OutputOfOrchestrator
    {
        [Function("Wrong")]
        [BlobOutput("files/a")]
        public static string Run([OrchestrationTrigger] TaskOrchestrationContext context) => $"{context}";
    }

    public static class ClientOfWrongType
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger] HttpRequest request, [DurableClient] BlobClient client) => $"{request}{client}";
    }

    public static class ClientOfAnotherHub
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger] HttpRequest request, [DurableClient(TaskHub = "other")] DurableTaskClient client)
            => $"{request}{client}";
    }

    public static class BadRoute
    {
        [Function("Wrong")]
        public static string Run([HttpTrigger(Route = "jobs/{id")] HttpRequest request) => $"{request}";
    }

    public static class BadSchedule
    {
        [Function("Wrong")]
        public static string Run([TimerTrigger("every day")] TimerInfo timer) => $"{timer}";
    }

    public static class BadContainer
    {
        [Function("Wrong")]
        public static string Run([BlobTrigger("Images/{name}")] string content) => content;
    }

    public static class MissingSetting
    {
        [Function("Wrong")]
        public static string Run([TimerTrigger("%NoSuchSetting%")] TimerInfo timer) => $"{timer}";
    }
}
