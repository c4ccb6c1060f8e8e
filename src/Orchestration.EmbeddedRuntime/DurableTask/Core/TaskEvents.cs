namespace DurableTask.Core.History;

/// <summary>An activity was asked for.</summary>
public class TaskScheduledEvent(int eventId, string? name, string? version = null, string? input = null) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskScheduled;

    public string? Name { get; set; } = name;

    public string? Version { get; set; } = version;

    public string? Input { get; set; } = input;

    public IDictionary<string, string>? Tags { get; set; }
}

/// <summary>An activity gave its result.</summary>
public class TaskCompletedEvent(int eventId, int taskScheduledId, string? result) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskCompleted;

    /// <summary>The number of the <see cref="TaskScheduledEvent"/>.</summary>
    public int TaskScheduledId { get; } = taskScheduledId;

    public string? Result { get; } = result;
}

/// <summary>An activity failed.</summary>
public class TaskFailedEvent(int eventId, int taskScheduledId, string? reason, string? details, FailureDetails? failureDetails = null)
    : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskFailed;

    /// <summary>The number of the <see cref="TaskScheduledEvent"/>.</summary>
    public int TaskScheduledId { get; } = taskScheduledId;

    public string? Reason { get; } = reason;

    public string? Details { get; } = details;

    public FailureDetails? FailureDetails { get; } = failureDetails;
}

/// <summary>A sub-orchestration was asked for.</summary>
public class SubOrchestrationInstanceCreatedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceCreated;

    public string? InstanceId { get; set; }

    public string? Name { get; set; }

    public string? Version { get; set; }

    public string? Input { get; set; }
}

/// <summary>A sub-orchestration gave its result.</summary>
public class SubOrchestrationInstanceCompletedEvent(int eventId, int taskScheduledId, string? result) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceCompleted;

    /// <summary>The number of the <see cref="SubOrchestrationInstanceCreatedEvent"/>.</summary>
    public int TaskScheduledId { get; } = taskScheduledId;

    public string? Result { get; } = result;
}

/// <summary>A sub-orchestration failed or was terminated.</summary>
public class SubOrchestrationInstanceFailedEvent(
    int eventId, int taskScheduledId, string? reason, string? details, FailureDetails? failureDetails = null) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceFailed;

    /// <summary>The number of the <see cref="SubOrchestrationInstanceCreatedEvent"/>.</summary>
    public int TaskScheduledId { get; } = taskScheduledId;

    public string? Reason { get; } = reason;

    public string? Details { get; } = details;

    public FailureDetails? FailureDetails { get; } = failureDetails;
}

/// <summary>A timer was set.</summary>
public class TimerCreatedEvent(int eventId, DateTime fireAt) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TimerCreated;

    /// <summary>In UTC.</summary>
    public DateTime FireAt { get; set; } = fireAt;
}

/// <summary>A timer fired.</summary>
public class TimerFiredEvent(int eventId, DateTime fireAt) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TimerFired;

    /// <summary>The number of the <see cref="TimerCreatedEvent"/>.</summary>
    public int TimerId { get; set; }

    /// <summary>When it was to fire, in UTC.</summary>
    public DateTime FireAt { get; set; } = fireAt;
}

/// <summary>Something was sent to another instance or to an entity.</summary>
public class EventSentEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.EventSent;

    /// <summary>The instance or, as <c>@name@key</c>, the entity.</summary>
    public string? InstanceId { get; set; }

    /// <summary>The event's name; for an entity its operation, "lock" or "release".</summary>
    public string? Name { get; set; }

    public string? Input { get; set; }
}

/// <summary>An event came, or an entity's answer.</summary>
public class EventRaisedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.EventRaised;

    /// <summary>The event's name; for an entity's answer the number of what was sent to it.</summary>
    public string? Name { get; set; }

    public string? Input { get; set; } = input;
}
