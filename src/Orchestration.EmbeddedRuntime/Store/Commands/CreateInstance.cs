using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Creates an instance unless one of its id stands in the way. Check and creation are one step.</summary>
/// <param name="instanceId">The instance's id.</param>
/// <param name="started">What is to run.</param>
/// <param name="now">The time, in UTC.</param>
/// <param name="startAt">When to run it; null: now.</param>
/// <param name="keeps">Whether an existing instance in this status stays.</param>
internal sealed class CreateInstance(
    string instanceId,
    ExecutionStarted started,
    DateTime now,
    DateTime? startAt,
    Func<OrchestrationRuntimeStatus, bool> keeps) : StoreCommand<OrchestrationRuntimeStatus?>
{
    private OrchestrationRuntimeStatus? _obstacle;

    /// <summary>The status of the instance that stands in the way; null when the new one was created.</summary>
    protected override OrchestrationRuntimeStatus? Result => _obstacle;

    protected override void Write(StoreSession session)
    {
        InstanceHandle? existing = session.Find(instanceId);
        // One that still runs is never just overwritten: the caller terminates it first.
        _obstacle = existing is { } other && (!other.IsTerminal || keeps(other.Status)) ? other.Status : null;
        if (_obstacle is not null)
        {
            return;
        }

        if (existing is { } finished)
        {
            session.Remove(finished.Key);
        }

        Deliveries.Add(session.Create(instanceId, started, now, startAt));
    }
}
