using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Telemetry;

/// <summary>Against a collector that keeps what it is sent.</summary>
public sealed class TelemetryExportTests : IAsyncLifetime
{
    private static readonly Counter<int> Counter = new Meter("Orchestration.Tests.Telemetry").CreateCounter<int>("exported_things");
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
    private WebApplication _collector = null!;

    private string Address => _collector.Urls.First();

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _collector = builder.Build();
        _collector.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            // Names stand in the protocol buffers as they are.
            using var reader = new StreamReader(request.Body, Encoding.Latin1);
            _received.Enqueue((request.Path, await reader.ReadToEndAsync()));
        });
        await _collector.StartAsync();
    }

    public async Task DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public async Task Traces_and_metrics_go_where_the_standard_variables_say()
    {
        await using (var host = await StartAsync(new() { ["OTEL_SERVICE_NAME"] = "disk-images" }))
        {
            await host.Client.GetStringAsync(new Uri("api/start", UriKind.Relative));
            Counter.Add(1);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await Eventually.TrueAsync(
                () => Task.FromResult(Received("/v1/traces", "orchestration:Traced") && Received("/v1/metrics", "exported_things")), timeout.Token);
        }

        Assert.True(Received("/v1/traces", "create_orchestration:Traced"));
        Assert.True(Received("/v1/traces", "activity:Work"));
        Assert.True(Received("/v1/traces", "disk-images"));
        Assert.True(Received("/v1/metrics", "disk-images"));
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public async Task What_is_switched_off_is_not_sent(string variable, string value)
    {
        await using (var host = await StartAsync(new() { [variable] = value }))
        {
            await host.Client.GetStringAsync(new Uri("api/start", UriKind.Relative));
        }

        Assert.DoesNotContain(_received, sent => sent.Path == "/v1/traces");
    }

    [Fact]
    public async Task What_is_left_when_the_host_stops_is_sent()
    {
        await using (var host = await StartAsync(new() { ["OTEL_BSP_SCHEDULE_DELAY"] = "3600000" }))
        {
            await host.Client.GetStringAsync(new Uri("api/start", UriKind.Relative));
            Assert.False(Received("/v1/traces", "orchestration:Traced"));
        }

        Assert.True(Received("/v1/traces", "orchestration:Traced"));
    }

    private bool Received(string path, string text) =>
        _received.Any(sent => sent.Path == path && sent.Body.Contains(text, StringComparison.Ordinal));

    private Task<TestHost> StartAsync(Dictionary<string, string?> settings) => TestHost.StartAsync(
        typeof(Functions),
        new Dictionary<string, string?>(settings)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
            ["OTEL_BSP_SCHEDULE_DELAY"] = settings.GetValueOrDefault("OTEL_BSP_SCHEDULE_DELAY") ?? "50",
        });

    public static class Functions
    {
        [Function("Start")]
        public static async Task<string> StartAsync([HttpTrigger(Route = "start")] HttpRequest request, [DurableClient] DurableTaskClient client)
        {
            string instanceId = await client.ScheduleNewOrchestrationInstanceAsync("Traced", request.HttpContext.RequestAborted);
            return (await client.WaitForInstanceCompletionAsync(instanceId, request.HttpContext.RequestAborted)).InstanceId;
        }

        [Function("Traced")]
        public static Task<int> TracedAsync([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>("Work");

        [Function("Work")]
        public static int Work([ActivityTrigger] object? input) => input is null ? 1 : 2;
    }
}
