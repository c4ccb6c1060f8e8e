using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>The orchestrator called an operation of an entity.</summary>
/// <param name="TaskId">The action's number.</param>
/// <param name="EntityId">The entity, as <c>@name@key</c>.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Input">Its input as text.</param>
internal sealed record EntityOperationCalled(int TaskId, string EntityId, string Operation, string? Input) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => $"{EntityId}/{Operation}";
}

/// <summary>The orchestrator signalled an entity.</summary>
/// <param name="TaskId">The action's number.</param>
/// <param name="EntityId">The entity, as <c>@name@key</c>.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Input">Its input as text.</param>
/// <param name="SignalTime">When the entity gets it, in UTC; null: now.</param>
internal sealed record EntityOperationSignaled(int TaskId, string EntityId, string Operation, string? Input, DateTime? SignalTime)
    : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => $"{EntityId}/{Operation}";

    [JsonIgnore]
    public override bool IsAwaited => false;
}

/// <summary>The orchestrator asked for a critical section over entities.</summary>
/// <param name="TaskId">The action's number, by which the critical section is known.</param>
/// <param name="Entities">Each once, sorted.</param>
internal sealed record EntityLockRequested(int TaskId, IReadOnlyList<string> Entities) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => string.Join(',', Entities);
}

/// <summary>The orchestrator left a critical section.</summary>
/// <param name="TaskId">The action's number.</param>
/// <param name="LockTaskId">The number of the <see cref="EntityLockRequested"/>.</param>
/// <param name="Entities">As they were asked for.</param>
internal sealed record EntityUnlockSent(int TaskId, int LockTaskId, IReadOnlyList<string> Entities) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => string.Empty;

    [JsonIgnore]
    public override bool IsAwaited => false;
}

internal sealed record EntityOperationCompleted(int TaskId, string? Result) : ResultEvent(TaskId);

internal sealed record EntityOperationFailed(int TaskId, TaskFailureDetails Failure) : ResultEvent(TaskId);

/// <summary>All entities of a critical section are locked.</summary>
internal sealed record EntityLockGranted(int TaskId) : ResultEvent(TaskId);

/// <summary>A message to an entity.</summary>
internal abstract record EntityMessage : HistoryEvent;

/// <summary>An operation is to be run.</summary>
/// <param name="Operation">The operation's name.</param>
/// <param name="Input">Its input as text.</param>
/// <param name="Caller">Who waits for the result; null for a signal.</param>
/// <param name="TraceParent">The W3C trace context of whoever sent it; null: it is not traced.</param>
internal sealed record EntityOperationRequest(string Operation, string? Input, EntityCaller? Caller = null, string? TraceParent = null) : EntityMessage;

/// <summary>The entity is to be locked.</summary>
/// <param name="Owner">The orchestration that wants it.</param>
/// <param name="Count">How many entities it wants together.</param>
internal sealed record EntityLockRequest(EntityCaller Owner, int Count) : EntityMessage;

/// <summary>The entity is no longer to be locked, nor to wait for it, by this owner.</summary>
internal sealed record EntityUnlockRequest(EntityCaller Owner) : EntityMessage;

/// <summary>The action of an execution that a message to an entity comes from.</summary>
internal sealed record EntityCaller(string InstanceId, string ExecutionId, int TaskId)
{
    /// <summary>Names a lock among all locks.</summary>
    public string LockId => $"{ExecutionId}:{TaskId}";

    /// <summary>Reads what <see cref="LockId"/> wrote; null where it did not write it.</summary>
    public static EntityCaller? OfLock(string instanceId, string lockId)
    {
        int separator = lockId.LastIndexOf(':');
        return separator >= 0 && int.TryParse(lockId.AsSpan(separator + 1), CultureInfo.InvariantCulture, out int task)
            ? new EntityCaller(instanceId, lockId[..separator], task)
            : null;
    }

    /// <summary>Whether both come from the same execution.</summary>
    public bool IsSameExecution(EntityCaller other) => InstanceId == other.InstanceId && ExecutionId == other.ExecutionId;
}
