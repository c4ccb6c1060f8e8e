namespace DurableTask.Core.History;

/// <summary>One thing that happened to an orchestration, as clients read it. The Durable Task Framework's type of this name.</summary>
/// <param name="eventId">The number of what the orchestrator asked for; -1 for other events.</param>
public abstract class HistoryEvent(int eventId)
{
    public int EventId { get; } = eventId;

    /// <summary>When the turn began that the event belongs to, in UTC.</summary>
    public DateTime Timestamp { get; set; }

    public bool IsPlayed { get; set; }

    public abstract EventType EventType { get; }
}

/// <summary>The kinds of history events. The numbers are those of the Durable Task Framework.</summary>
public enum EventType
{
    ExecutionStarted,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionTerminated,
    TaskScheduled,
    TaskCompleted,
    TaskFailed,
    SubOrchestrationInstanceCreated,
    SubOrchestrationInstanceCompleted,
    SubOrchestrationInstanceFailed,
    TimerCreated,
    TimerFired,
    OrchestratorStarted,
    OrchestratorCompleted,
    EventSent,
    EventRaised,
    ContinueAsNew,
    GenericEvent,
    HistoryState,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionRewound,
}
