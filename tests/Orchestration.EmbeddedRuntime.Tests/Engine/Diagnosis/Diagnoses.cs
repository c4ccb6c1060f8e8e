using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Diagnosis;

/// <summary>Diagnoses of the instances of a test host.</summary>
internal static class Diagnoses
{
    public static async Task StartAsync(DurableTestHost host, string orchestrator)
    {
        await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, new StartOrchestrationOptions("it"));
        await host.StartOfAsync("it");
    }

    public static InstanceDiagnosis? Diagnose(DurableTestHost host, string instanceId) =>
        host.Services.GetRequiredService<InstanceDiagnoser>().Diagnose(instanceId);

    public static async Task<InstanceDiagnosis> UntilAsync(DurableTestHost host, Predicate<InstanceDiagnosis> isThere)
    {
        InstanceDiagnosis? last = null;
        await Eventually.TrueAsync(
            () =>
            {
                last = Diagnose(host, "it");
                return Task.FromResult(last is not null && isThere(last));
            },
            host.Timeout);
        return last ?? throw new InvalidOperationException("There is no instance.");
    }

    public static IEnumerable<StallCode> Codes(InstanceDiagnosis? diagnosis) => (diagnosis?.Reasons ?? []).Select(reason => reason.Code);

    public static (string?, string?, string?) Error(InstanceDiagnosis? diagnosis) =>
        (diagnosis?.LastError?.Source, diagnosis?.LastError?.ErrorType, diagnosis?.LastError?.Message);
}
