using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>The client of the embedded engine.</summary>
internal sealed class EmbeddedDurableTaskClient(string name, DurableTaskClientOptions options, DurableEngine engine) : DurableTaskClient(name)
{
    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default) => throw Unready();

    public override Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default) => throw Unready();

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default) => throw Unready();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default) => throw Unready();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw Unready();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw Unready();

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default) => throw Unready();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw Unready();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NotSupportedException Unready() => new($"The engine of '{engine.Options.HubName}' cannot do this ({options.DefaultVersion}).");
}
