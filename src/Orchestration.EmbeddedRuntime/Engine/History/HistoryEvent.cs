using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>
/// One thing that happened to an orchestration, or a message to an entity. Histories are stored as JSON with these discriminators and property names, and later
/// builds must read them: members are only ever added, and only nullable ones.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OrchestratorStarted), "orchestratorStarted")]
[JsonDerivedType(typeof(ExecutionStarted), "executionStarted")]
[JsonDerivedType(typeof(ExecutionCompleted), "executionCompleted")]
[JsonDerivedType(typeof(ExecutionFailed), "executionFailed")]
[JsonDerivedType(typeof(ExecutionTerminated), "executionTerminated")]
[JsonDerivedType(typeof(ExecutionSuspended), "executionSuspended")]
[JsonDerivedType(typeof(ExecutionResumed), "executionResumed")]
[JsonDerivedType(typeof(ExecutionRewound), "executionRewound")]
[JsonDerivedType(typeof(TaskScheduled), "taskScheduled")]
[JsonDerivedType(typeof(TaskCompleted), "taskCompleted")]
[JsonDerivedType(typeof(TaskFailed), "taskFailed")]
[JsonDerivedType(typeof(SubOrchestrationCreated), "subOrchestrationCreated")]
[JsonDerivedType(typeof(SubOrchestrationCompleted), "subOrchestrationCompleted")]
[JsonDerivedType(typeof(SubOrchestrationFailed), "subOrchestrationFailed")]
[JsonDerivedType(typeof(TimerCreated), "timerCreated")]
[JsonDerivedType(typeof(TimerFired), "timerFired")]
[JsonDerivedType(typeof(EventSent), "eventSent")]
[JsonDerivedType(typeof(EventRaised), "eventRaised")]
[JsonDerivedType(typeof(ForeignWorkDetected), "foreignWorkDetected")]
[JsonDerivedType(typeof(EntityOperationCalled), "entityOperationCalled")]
[JsonDerivedType(typeof(EntityOperationSignaled), "entityOperationSignaled")]
[JsonDerivedType(typeof(EntityOperationCompleted), "entityOperationCompleted")]
[JsonDerivedType(typeof(EntityOperationFailed), "entityOperationFailed")]
[JsonDerivedType(typeof(EntityLockRequested), "entityLockRequested")]
[JsonDerivedType(typeof(EntityLockGranted), "entityLockGranted")]
[JsonDerivedType(typeof(EntityUnlockSent), "entityUnlockSent")]
[JsonDerivedType(typeof(EntityOperationRequest), "entityOperationRequest")]
[JsonDerivedType(typeof(EntityLockRequest), "entityLockRequest")]
[JsonDerivedType(typeof(EntityUnlockRequest), "entityUnlockRequest")]
internal abstract record HistoryEvent;

/// <summary>A turn began. All that follows up to the next one belongs to this turn and has its time.</summary>
internal sealed record OrchestratorStarted(DateTime Timestamp) : HistoryEvent;

/// <summary>An execution was asked for: by a client, by a parent, or by the execution before it.</summary>
/// <param name="Name">The orchestrator's name.</param>
/// <param name="Version">Its version; empty when unversioned.</param>
/// <param name="Input">The input as text.</param>
/// <param name="ExecutionId">Tells the executions of one instance apart.</param>
/// <param name="Tags">The instance's labels.</param>
/// <param name="Parent">Who waits for the result.</param>
/// <param name="CarriedEvents">External events that the execution before it had not received.</param>
/// <param name="TraceParent">The W3C trace context of whoever started it; null: it is not traced.</param>
/// <param name="TraceState">The vendors' part of that context.</param>
internal sealed record ExecutionStarted(
    string Name,
    string Version,
    string? Input,
    string ExecutionId,
    IReadOnlyDictionary<string, string>? Tags = null,
    ParentLink? Parent = null,
    IReadOnlyList<EventRaised>? CarriedEvents = null,
    string? TraceParent = null,
    string? TraceState = null) : HistoryEvent;

/// <summary>The call in a parent orchestration that a sub-orchestration answers.</summary>
internal sealed record ParentLink(string Name, string InstanceId, string ExecutionId, int TaskId);

internal sealed record ExecutionCompleted(string? Result) : HistoryEvent;

internal sealed record ExecutionFailed(TaskFailureDetails Failure) : HistoryEvent;

internal sealed record ExecutionTerminated(string? Output, bool Recursive) : HistoryEvent;

internal sealed record ExecutionSuspended(string? Reason) : HistoryEvent;

internal sealed record ExecutionResumed(string? Reason) : HistoryEvent;

/// <summary>The failed execution was taken back to before its failure, which is no longer in the history.</summary>
internal sealed record ExecutionRewound(string? Reason) : HistoryEvent;

/// <summary>Something that the orchestrator asked for. Replay must ask for the same under the same number.</summary>
/// <param name="TaskId">Counts all that one execution asks for, from 0.</param>
internal abstract record ActionEvent(int TaskId) : HistoryEvent
{
    /// <summary>The name that replay must repeat, case ignored; empty where the kind has no name.</summary>
    // The serializer does not inherit this attribute: every override repeats it.
    [JsonIgnore]
    public abstract string ActionName { get; }

    /// <summary>Whether an instance is not complete before this has been answered.</summary>
    [JsonIgnore]
    public virtual bool IsAwaited => true;
}

/// <summary>An activity was called.</summary>
/// <param name="TaskId">Its number.</param>
/// <param name="Name">The activity's name.</param>
/// <param name="Version">Its version; empty when unversioned.</param>
/// <param name="Input">The input as text.</param>
/// <param name="Tags">Labels that travel with the call.</param>
/// <param name="TraceParent">The W3C trace context of the call; null: the orchestration is not traced.</param>
internal sealed record TaskScheduled(
    int TaskId,
    string Name,
    string Version,
    string? Input,
    IReadOnlyDictionary<string, string>? Tags,
    string? TraceParent = null) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => Name;
}

internal sealed record SubOrchestrationCreated(
    int TaskId,
    string Name,
    string Version,
    string InstanceId,
    string? Input,
    IReadOnlyDictionary<string, string>? Tags) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => Name;
}

internal sealed record TimerCreated(int TaskId, DateTime FireAt) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => string.Empty;
}

internal sealed record EventSent(int TaskId, string InstanceId, string Name, string? Payload) : ActionEvent(TaskId)
{
    [JsonIgnore]
    public override string ActionName => Name;

    [JsonIgnore]
    public override bool IsAwaited => false;
}

/// <summary>The answer to something that the orchestrator asked for.</summary>
internal abstract record ResultEvent(int TaskId) : HistoryEvent;

internal sealed record TaskCompleted(int TaskId, string? Result) : ResultEvent(TaskId);

internal sealed record TaskFailed(int TaskId, TaskFailureDetails Failure) : ResultEvent(TaskId);

internal sealed record SubOrchestrationCompleted(int TaskId, string? Result) : ResultEvent(TaskId);

internal sealed record SubOrchestrationFailed(int TaskId, TaskFailureDetails Failure) : ResultEvent(TaskId);

internal sealed record TimerFired(int TaskId) : ResultEvent(TaskId);

/// <summary>An external event came.</summary>
internal sealed record EventRaised(string Name, string? Payload) : HistoryEvent;

/// <summary>The orchestrator turned out to wait for something that is not durable; it fails.</summary>
internal sealed record ForeignWorkDetected : HistoryEvent;
