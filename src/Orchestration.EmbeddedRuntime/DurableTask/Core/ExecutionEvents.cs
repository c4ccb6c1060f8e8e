namespace DurableTask.Core.History;

/// <summary>A turn began.</summary>
public class OrchestratorStartedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.OrchestratorStarted;
}

/// <summary>A turn was committed.</summary>
public class OrchestratorCompletedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.OrchestratorCompleted;
}

/// <summary>The execution was asked for.</summary>
public class ExecutionStartedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionStarted;

    public OrchestrationInstance? OrchestrationInstance { get; set; }

    /// <summary>The orchestration that called this one; null at the top.</summary>
    public ParentInstance? ParentInstance { get; set; }

    public string? Name { get; set; }

    public string? Version { get; set; }

    public string? Input { get; set; } = input;

    public IDictionary<string, string>? Tags { get; set; }
}

/// <summary>The execution ended by itself.</summary>
public class ExecutionCompletedEvent(int eventId, string? result, OrchestrationStatus orchestrationStatus, FailureDetails? failureDetails = null)
    : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionCompleted;

    public OrchestrationStatus OrchestrationStatus { get; } = orchestrationStatus;

    public string? Result { get; } = result;

    public FailureDetails? FailureDetails { get; } = failureDetails;
}

/// <summary>The execution was terminated.</summary>
public class ExecutionTerminatedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionTerminated;

    /// <summary>The output that was given with it.</summary>
    public string? Input { get; set; } = input;
}

/// <summary>The execution was suspended.</summary>
public class ExecutionSuspendedEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionSuspended;

    public string? Reason { get; set; } = reason;
}

/// <summary>The execution was resumed.</summary>
public class ExecutionResumedEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionResumed;

    public string? Reason { get; set; } = reason;
}

/// <summary>The failed execution was taken back to before its failure.</summary>
public class ExecutionRewoundEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionRewound;

    public string? Reason { get; set; } = reason;
}

/// <summary>Something that concerns this engine alone.</summary>
public class GenericEvent(int eventId, string? data) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.GenericEvent;

    public string? Data { get; set; } = data;
}
