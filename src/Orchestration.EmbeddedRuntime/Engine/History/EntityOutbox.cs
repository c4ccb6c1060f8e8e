using Orchestration.EmbeddedRuntime.Engine.Tracing;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>What an orchestration's actions send to entities.</summary>
internal static class EntityOutbox
{
    /// <param name="action">What the orchestrator asked for.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="execution">Its execution.</param>
    /// <returns>Entity, message, and when the entity gets it (null: now). Empty for actions that concern no entity.</returns>
    public static IEnumerable<(string EntityId, EntityMessage Message, DateTime? VisibleAt)> Messages(
        ActionEvent action,
        string instanceId,
        ExecutionStarted execution)
    {
        switch (action)
        {
            case EntityOperationCalled call:
                return [(call.EntityId, new EntityOperationRequest(call.Operation, call.Input, Caller(call.TaskId), Trace(call)), null)];
            case EntityOperationSignaled signal:
                return [(signal.EntityId, new EntityOperationRequest(signal.Operation, signal.Input, TraceParent: Trace(signal)), signal.SignalTime)];
            case EntityLockRequested request:
                var wanted = new EntityLockRequest(Caller(request.TaskId), request.Entities.Count);
                return request.Entities.Select(entity => (entity, (EntityMessage)wanted, (DateTime?)null));
            case EntityUnlockSent unlock:
                return Unlock(unlock.LockTaskId, unlock.Entities);
            default:
                return [];
        }

        EntityCaller Caller(int task) => new(instanceId, execution.ExecutionId, task);

        string? Trace(ActionEvent asked) => DurableSpans.ContextOf(execution, asked.TaskId);

        IEnumerable<(string EntityId, EntityMessage Message, DateTime? VisibleAt)> Unlock(int lockTask, IReadOnlyList<string> entities)
        {
            var unlocked = new EntityUnlockRequest(Caller(lockTask));
            return entities.Select(entity => (entity, (EntityMessage)unlocked, (DateTime?)null));
        }
    }
}
