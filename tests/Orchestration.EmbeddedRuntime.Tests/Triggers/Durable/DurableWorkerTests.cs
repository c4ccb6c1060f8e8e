using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Durable;

/// <summary>The durable worker inside a Functions app.</summary>
public sealed class DurableWorkerTests
{
    [Fact]
    public async Task Classes_that_are_added_to_the_worker_run_beside_functions()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder =>
            builder.ConfigureDurableWorker().AddTasks(tasks => tasks.AddOrchestrator<Mixed>()));

        Assert.Equal("mixed", (await RunAsync(host, nameof(Mixed), "mixed")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Json_of_any_case_fits_the_inputs_of_functions()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));
        using HttpResponseMessage started = await host.Client.PostAsJsonAsync(
            "/runtime/webhooks/durabletask/orchestrators/Measures/one", new { length = 3, WIDTH = 4 });

        var client = host.Services.GetRequiredService<DurableTaskClient>();
        OrchestrationMetadata ended = await client.WaitForInstanceCompletionAsync("one", getInputsAndOutputs: true);

        Assert.Equal(12, ended.ReadOutputAs<int>());
    }

    [Fact]
    public async Task The_serializer_of_the_app_writes_durable_payloads_too()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder => builder.Services.Configure<WorkerOptions>(
            options => options.Serializer = new JsonObjectSerializer(new JsonSerializerOptions(JsonSerializerDefaults.Web))));

        OrchestrationMetadata ended = await RunAsync(host, "Measures", new Size(5, 6));

        Assert.Equal("""{"length":5,"width":6}""", ended.SerializedInput);
        Assert.Equal(30, ended.ReadOutputAs<int>());
    }

    private static async Task<OrchestrationMetadata> RunAsync(TestHost host, string orchestrator, object input)
    {
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        string id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, CancellationToken.None);
        return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
    }

    public sealed record Size(int Length, int Width);

    private sealed class Mixed : TaskOrchestrator<string, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, string? input) => context.CallActivityAsync<string>("Same", input);
    }

    public static class Functions
    {
        [Function("Same")]
        public static string Same([ActivityTrigger] string input) => input;

        [Function("Measures")]
        public static Task<int> Measures([OrchestrationTrigger] TaskOrchestrationContext context, Size size) =>
            context.CallActivityAsync<int>("Area", size);

        [Function("Area")]
        public static int Area([ActivityTrigger] Size size) => size.Length * size.Width;
    }
}
