using System.Collections.Frozen;

namespace Orchestration.Protocol.States;

/// <summary>The one table of legal state changes (specification section 1.17).</summary>
public static class JobStateMachine
{
    private static readonly FrozenDictionary<JobState, FrozenSet<JobState>> Edges = new Dictionary<JobState, JobState[]>
    {
        [JobState.Created] = [JobState.Validated, JobState.Failed, JobState.Cancelled],
        [JobState.Validated] = [JobState.Queued, JobState.Failed, JobState.Cancelled],
        [JobState.Queued] = [JobState.Assigned, JobState.Failed, JobState.Cancelled, JobState.TimedOut],
        [JobState.Assigned] = [JobState.Running, JobState.Queued, JobState.Failed, JobState.Cancelled],
        [JobState.Running] = [JobState.Progressing, .. EndsOfWork],
        [JobState.Progressing] = [JobState.Progressing, .. EndsOfWork],
        [JobState.Retrying] = [JobState.Queued, JobState.Failed, JobState.Cancelled, JobState.DeadLettered],
        [JobState.Completed] = [],
        [JobState.Failed] = [JobState.Retrying],
        [JobState.TimedOut] = [JobState.Retrying],
        [JobState.Cancelled] = [],
        [JobState.DeadLettered] = [],
    }.ToFrozenDictionary(edge => edge.Key, edge => edge.Value.ToFrozenSet());

    private static JobState[] EndsOfWork =>
        [JobState.Completed, JobState.Failed, JobState.TimedOut, JobState.Cancelled, JobState.Retrying];

    /// <summary>
    /// Whether a job may go from one state to the other. <see cref="JobState.Failed"/> and <see cref="JobState.TimedOut"/> lead on to
    /// <see cref="JobState.Retrying"/> only while attempts remain, which is the caller's to know.
    /// </summary>
    public static bool CanChange(JobState from, JobState to) => Edges[from].Contains(to);

    public static bool IsTerminal(JobState state) =>
        state is JobState.Completed or JobState.Failed or JobState.TimedOut or JobState.Cancelled or JobState.DeadLettered;

    /// <summary>The state in which a job ends that has come to this error, or to none.</summary>
    public static JobState FinalStateFor(JobError? error) => error?.Code switch
    {
        null => JobState.Completed,
        ErrorCodes.Timeout or ErrorCodes.DeadlineExceeded => JobState.TimedOut,
        ErrorCodes.Cancelled => JobState.Cancelled,
        _ => JobState.Failed,
    };

    /// <summary>The name of a state in a dialect; by default the one of result documents.</summary>
    public static string WireName(JobState state, WireDialect dialect = WireDialect.Guestkit) => dialect switch
    {
        WireDialect.Guestkit => GuestkitName(state),
        WireDialect.Hyper2Kvm => Hyper2KvmName(state),
        WireDialect.Octaskly => OctasklyName(state),
        _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Not a dialect."),
    };

    private static string GuestkitName(JobState state) => state switch
    {
        JobState.Created or JobState.Validated => "pending",
        JobState.Queued or JobState.Retrying => "queued",
        JobState.Assigned => "assigned",
        JobState.Running or JobState.Progressing => "running",
        JobState.Completed => "completed",
        JobState.TimedOut => "timeout",
        JobState.Cancelled => "cancelled",
        JobState.Failed or JobState.DeadLettered => "failed",
        _ => throw NotAState(state),
    };

    private static string Hyper2KvmName(JobState state) => state switch
    {
        JobState.Created => "created",
        JobState.Validated => "validated",
        JobState.Queued => "queued",
        JobState.Assigned => "assigned",
        JobState.Running => "running",
        JobState.Progressing => "progressing",
        JobState.Retrying => "retrying",
        JobState.Completed => "completed",
        JobState.Cancelled => "cancelled",
        // Its states have no time-out and no dead letter: the error's code tells them apart.
        JobState.Failed or JobState.TimedOut or JobState.DeadLettered => "failed",
        _ => throw NotAState(state),
    };

    private static string OctasklyName(JobState state) => state switch
    {
        JobState.Created or JobState.Validated or JobState.Queued or JobState.Assigned => "Pending",
        JobState.Running or JobState.Progressing or JobState.Retrying => "Running",
        JobState.Completed => "Completed",
        JobState.Failed or JobState.DeadLettered => "Failed",
        JobState.Cancelled => "Cancelled",
        JobState.TimedOut => "TimedOut",
        _ => throw NotAState(state),
    };

    private static ArgumentOutOfRangeException NotAState(JobState state) => new(nameof(state), state, "Not a job state.");
}
