using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Hosting;

/// <summary>The older shape of a Functions app's Program.</summary>
public sealed class HostBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_builder_serves_http_and_durable_functions()
    {
        using IHost host = Configure(new HostBuilder().ConfigureFunctionsWebApplication());
        await host.StartAsync();
        using HttpClient http = Client(host);

        string answer = await http.GetStringAsync("/api/Start");

        Assert.Equal("done", answer);
        await host.StopAsync();
    }

    [Fact]
    public async Task Middleware_services_and_worker_options_are_those_of_the_builder()
    {
        var seen = new List<string>();
        using IHost host = Configure(new HostBuilder().ConfigureFunctionsWorkerDefaults(
            (_, worker) => worker.UseMiddleware(async (context, next) =>
            {
                seen.Add(context.FunctionDefinition.Name);
                await next();
            }),
            options => options.EnableUserCodeException = false));
        await host.StartAsync();
        using HttpClient http = Client(host);

        Assert.Equal("pong", await http.GetStringAsync("/api/Ping"));
        Assert.Equal(["Ping"], seen);
        Assert.False(host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<WorkerOptions>>().Value.EnableUserCodeException);
        await host.StopAsync();
    }

    private static HttpClient Client(IHost host) => new()
    {
        BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
    };

    private IHost Configure(IHostBuilder builder) => builder
        .UseFunctionsFrom(typeof(Functions))
        .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["port"] = "0",
            ["EmbeddedRuntime:DataDirectory"] = _folder.Path,
        }))
        .Build();

    public static class Functions
    {
        [Function("Ping")]
        public static string Ping([HttpTrigger(AuthorizationLevel.Anonymous, "get")] Microsoft.AspNetCore.Http.HttpRequest request) =>
            request.Method == "GET" ? "pong" : "?";

        [Function("Start")]
        public static async Task<string?> Start(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] Microsoft.AspNetCore.Http.HttpRequest request,
            [DurableClient] DurableTaskClient client)
        {
            string id = await client.ScheduleNewOrchestrationInstanceAsync("Work", request.HttpContext.RequestAborted);
            return (await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true)).ReadOutputAs<string>();
        }

        [Function("Work")]
        public static Task<string> Work([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.IsReplaying ? "replayed" : "done");
    }
}
