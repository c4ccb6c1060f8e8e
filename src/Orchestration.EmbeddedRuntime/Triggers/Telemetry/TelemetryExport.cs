using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orchestration.EmbeddedRuntime.Engine.Tracing;

namespace Orchestration.EmbeddedRuntime.Triggers.Telemetry;

/// <summary>
/// Sends traces and metrics by OTLP, as the environment variables of OpenTelemetry say: it is on where an endpoint is named
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, or one for traces or metrics alone), and off with <c>OTEL_SDK_DISABLED=true</c> or an exporter <c>none</c>.
/// Protocol, headers, timeouts, sampler, service name and the rest are read by the OpenTelemetry SDK itself.
/// </summary>
internal sealed class TelemetryExport(IConfiguration configuration) : IHostedService, IDisposable
{
    private const string DefaultServiceName = "orchestration";

    // The engine's, the web server's, and whatever the app calls by names of this project.
    private static readonly string[] Sources = [DurableSpans.SourceName, "Microsoft.AspNetCore", "Orchestration.*"];
    private static readonly string[] Meters = ["Orchestration.*", "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Wants("TRACES"))
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddSource(Sources)
                .AddOtlpExporter()
                .Build();
        }

        if (Wants("METRICS"))
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddMeter(Meters)
                .AddOtlpExporter()
                .Build();
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends what is left.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.ForceFlush();
            _metrics?.ForceFlush();
        },
        cancellationToken);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    /// <summary>The environment's names for the service win over ours.</summary>
    private void Describe(ResourceBuilder resource)
    {
        if (configuration["OTEL_SERVICE_NAME"] is null or "")
        {
            resource.AddService(DefaultServiceName);
            resource.AddEnvironmentVariableDetector();
        }
    }

    private bool Wants(string signal) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase)
        && (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 });
}
