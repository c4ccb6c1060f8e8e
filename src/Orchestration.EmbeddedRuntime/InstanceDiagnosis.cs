using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime;

/// <summary>Why an orchestration instance stands where it stands: a view of one moment, with all times in UTC.</summary>
public sealed record InstanceDiagnosis
{
    /// <summary>The instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The orchestrator's name.</summary>
    public required string Name { get; init; }

    /// <summary>What was last committed.</summary>
    public required OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When the instance was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Everything that keeps the instance from moving on, the decisive first; never empty.</summary>
    public required IReadOnlyList<StallReason> Reasons { get; init; }

    /// <summary>The last committed turn; null before the first.</summary>
    public TurnDiagnosis? LastTurn { get; init; }

    /// <summary>Since when a turn has been running or waiting to be stored; null: none is.</summary>
    public DateTimeOffset? TurnRunningSince { get; init; }

    /// <summary>When an instance that was scheduled for later begins; null for others.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Messages that no turn has taken yet.</summary>
    public int WaitingMessages { get; init; }

    /// <summary>Activities that have not been answered.</summary>
    public IReadOnlyList<ActivityDiagnosis> Activities { get; init; } = [];

    /// <summary>Timers that have not fired, a retry's pause among them.</summary>
    public IReadOnlyList<TimerDiagnosis> Timers { get; init; } = [];

    /// <summary>Names of the external events that are awaited, once for each waiter.</summary>
    public IReadOnlyList<string> AwaitedEvents { get; init; } = [];

    /// <summary>Names of the external events that came and that nobody has awaited, oldest first: often a misspelt name.</summary>
    public IReadOnlyList<string> UnreceivedEvents { get; init; } = [];

    /// <summary>Sub-orchestrations that have not been answered.</summary>
    public IReadOnlyList<SubOrchestrationDiagnosis> SubOrchestrations { get; init; } = [];

    /// <summary>Calls and locks of entities that have not been answered.</summary>
    public IReadOnlyList<EntityDiagnosis> Entities { get; init; } = [];

    /// <summary>How the instance was suspended; null: it is not.</summary>
    public SuspensionDiagnosis? Suspension { get; init; }

    /// <summary>The newest failure: of a turn that could not be run or stored, of a task, or of the instance itself.</summary>
    public ErrorDiagnosis? LastError { get; init; }
}

/// <summary>One thing that keeps an instance from moving on.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">For people.</param>
public sealed record StallReason(StallCode Code, string Message);

/// <summary>The kinds of <see cref="StallReason"/>.</summary>
public enum StallCode
{
    /// <summary>The instance has ended.</summary>
    Ended,

    /// <summary>Its last turn could not be run or stored and is tried again.</summary>
    TurnFailed,

    /// <summary>A turn is running, or waits to be stored.</summary>
    TurnRunning,

    /// <summary>No worker runs in this process.</summary>
    NoWorker,

    /// <summary>The worker's version rules hold the instance back.</summary>
    VersionRejected,

    /// <summary>The orchestrator as it is now does not do what the history says; the next turn fails the instance.</summary>
    CodeChanged,

    /// <summary>The worker has no such orchestrator or version; the next turn fails the instance.</summary>
    OrchestratorMissing,

    /// <summary>It was scheduled for a later time.</summary>
    ScheduledStart,

    /// <summary>It is suspended; what comes in is held.</summary>
    Suspended,

    /// <summary>Messages wait for a free place to run a turn.</summary>
    TurnQueued,

    /// <summary>An activity has not been answered.</summary>
    Activity,

    /// <summary>A sub-orchestration has not been answered.</summary>
    SubOrchestration,

    /// <summary>An entity has not answered a call, or is locked by another orchestration.</summary>
    Entity,

    /// <summary>An external event has not come.</summary>
    ExternalEvent,

    /// <summary>A timer has not fired.</summary>
    Timer,
}

/// <summary>A committed turn.</summary>
/// <param name="Count">The turns of the current execution, this one included.</param>
/// <param name="At">When it began.</param>
public sealed record TurnDiagnosis(int Count, DateTimeOffset At);

/// <summary>An activity that has not been answered.</summary>
/// <param name="TaskId">The number of the call within its orchestration.</param>
/// <param name="Name">The activity's name.</param>
/// <param name="Attempt">Which attempt of the retry options this is, from 1; null: the orchestrator could not be asked.</param>
/// <param name="ScheduledAt">When the orchestrator asked for it.</param>
/// <param name="StartedAt">Since when it has been running in this process; null: it waits for a free place.</param>
/// <param name="Limit">The most calls of this activity that run at once, of all orchestrations together; null: it has no limit of its own.</param>
/// <param name="LastHeartbeat">What it last said of itself; null: nothing yet.</param>
public sealed record ActivityDiagnosis(
    int TaskId,
    string Name,
    int? Attempt,
    DateTimeOffset ScheduledAt,
    DateTimeOffset? StartedAt,
    int? Limit,
    HeartbeatDiagnosis? LastHeartbeat);

/// <summary>What an activity last said of itself; see <see cref="EmbeddedActivityContext.Heartbeat"/>.</summary>
/// <param name="At">When.</param>
/// <param name="Progress">How far it was; null: it only said that it was alive.</param>
public sealed record HeartbeatDiagnosis(DateTimeOffset At, string? Progress);

/// <summary>A timer that has not fired.</summary>
/// <param name="TaskId">The number of the timer within its orchestration.</param>
/// <param name="DueAt">When it fires.</param>
public sealed record TimerDiagnosis(int TaskId, DateTimeOffset DueAt);

/// <summary>A sub-orchestration that has not been answered.</summary>
/// <param name="TaskId">The number of the call within its orchestration.</param>
/// <param name="Name">The sub-orchestrator's name.</param>
/// <param name="InstanceId">Its instance, which has a diagnosis of its own.</param>
/// <param name="Attempt">Which attempt of the retry options this is, from 1; null: the orchestrator could not be asked.</param>
/// <param name="ScheduledAt">When the orchestrator asked for it.</param>
/// <param name="RuntimeStatus">Where it stands; null: it has been purged and will never answer.</param>
public sealed record SubOrchestrationDiagnosis(
    int TaskId,
    string Name,
    string InstanceId,
    int? Attempt,
    DateTimeOffset ScheduledAt,
    OrchestrationRuntimeStatus? RuntimeStatus);

/// <summary>An entity that has not answered.</summary>
/// <param name="TaskId">The number of the call, or of the request for a lock, within its orchestration.</param>
/// <param name="EntityId">The entity, as <c>@name@key</c>.</param>
/// <param name="Operation">The operation that was called; null: the entity is to be locked.</param>
/// <param name="ScheduledAt">When the orchestrator asked for it.</param>
/// <param name="WaitingMessages">Messages that wait for the entity.</param>
/// <param name="LockedBy">The instance id of the orchestration that has the entity locked; null: none has.</param>
public sealed record EntityDiagnosis(
    int TaskId,
    string EntityId,
    string? Operation,
    DateTimeOffset ScheduledAt,
    int WaitingMessages,
    string? LockedBy);

/// <summary>A suspension.</summary>
/// <param name="Since">When it took effect.</param>
/// <param name="Reason">What was given as the reason.</param>
/// <param name="HeldMessages">Answers and events that have come since; null: the orchestrator could not be asked.</param>
public sealed record SuspensionDiagnosis(DateTimeOffset Since, string? Reason, int? HeldMessages);

/// <summary>A failure.</summary>
/// <param name="Source">"turn", the failed task's name, or the orchestrator's.</param>
/// <param name="ErrorType">The exception's type, or the engine's code.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="At">When it was recorded.</param>
public sealed record ErrorDiagnosis(string Source, string ErrorType, string Message, DateTimeOffset At);
