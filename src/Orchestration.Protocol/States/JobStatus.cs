namespace Orchestration.Protocol.States;

/// <summary>
/// Where a job stands, as its orchestration's custom status says it. Immutable: every change of state goes through
/// <see cref="Change"/>, which enforces <see cref="JobStateMachine"/> and writes the audit trail.
/// </summary>
public sealed record JobStatus
{
    public required JobState State { get; init; }

    /// <summary>The protocol's name of the phase at work, such as <c>package_scan</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>0 to 100; never goes back.</summary>
    public int Percent { get; init; }

    public int Attempt { get; init; } = 1;

    /// <summary>What is going on, for a person.</summary>
    public string? Message { get; init; }

    public JobError? Error { get; init; }

    /// <summary>What the job waits for; null while it does not wait.</summary>
    public JobWait? Waiting { get; init; }

    /// <summary>Seconds spent in each state that was left, all visits together.</summary>
    public IReadOnlyDictionary<JobState, double> SecondsInState { get; init; } = new Dictionary<JobState, double>();

    /// <summary>Every state the job was in, oldest first. States that repeat (<c>progressing</c>) are listed once in a row.</summary>
    public required IReadOnlyList<StateChange> AuditTrail { get; init; }

    /// <summary>The status of a job that was just claimed.</summary>
    public static JobStatus Create(DateTimeOffset at) => new()
    {
        State = JobState.Created,
        Phase = Phases.Validation,
        AuditTrail = [new StateChange(JobState.Created, at, null)],
    };

    /// <summary>The status after a change of state.</summary>
    /// <exception cref="InvalidOperationException">The state machine does not allow it.</exception>
    public JobStatus Change(JobState state, DateTimeOffset at, string? reason = null)
    {
        if (!JobStateMachine.CanChange(State, state))
        {
            throw new InvalidOperationException($"A job cannot go from {State} to {state}.");
        }

        return this with
        {
            State = state,
            SecondsInState = state == State ? SecondsInState : DurationsAt(at),
            AuditTrail = state == State ? AuditTrail : [.. AuditTrail, new StateChange(state, at, reason)],
        };
    }

    /// <summary>Seconds spent in each state until a moment, the present state included unless it is an end.</summary>
    public IReadOnlyDictionary<JobState, double> DurationsAt(DateTimeOffset moment)
    {
        if (JobStateMachine.IsTerminal(State))
        {
            return SecondsInState;
        }

        var present = Math.Max(0, (moment - AuditTrail[^1].At).TotalSeconds);
        return new Dictionary<JobState, double>(SecondsInState)
        {
            [State] = Math.Round(SecondsInState.GetValueOrDefault(State) + present, 3),
        };
    }

    /// <summary>The status with progress noted; the percentage never goes back.</summary>
    public JobStatus Report(string phase, int percent, string? message = null) => this with
    {
        Phase = phase,
        Percent = Math.Clamp(percent, Percent, 100),
        Message = message,
    };
}

/// <param name="State">The state entered.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Reason">Why, where there is more to say than the state's name.</param>
public sealed record StateChange(JobState State, DateTimeOffset At, string? Reason);

/// <param name="Reason">One of <see cref="WaitReasons"/>.</param>
/// <param name="Message">The same for a person.</param>
/// <param name="Since">When the wait began, in UTC.</param>
public sealed record JobWait(string Reason, string Message, DateTimeOffset Since);

/// <summary>Why a job does not go on at once.</summary>
public static class WaitReasons
{
    /// <summary>Somebody paused it.</summary>
    public const string Paused = "paused";

    /// <summary>Jobs that it depends on have not ended.</summary>
    public const string Dependencies = "dependencies";

    /// <summary>No worker that may run it has taken it; one is known, and may come back.</summary>
    public const string Worker = "worker";

    /// <summary>As many jobs run as may.</summary>
    public const string ConcurrencyLimit = "concurrency_limit";

    /// <summary>The last attempt failed; the next one follows after a pause.</summary>
    public const string RetryDelay = "retry_delay";
}

/// <summary>The protocol's names of the phases of a job (specification section 1.8).</summary>
public static class Phases
{
    public const string Validation = "validation";
    public const string DiskInspection = "disk_inspection";
    public const string OsDetection = "os_detection";
    public const string PackageScan = "package_scan";
    public const string ServiceScan = "service_scan";
    public const string SecurityScan = "security_scan";
    public const string ResultGeneration = "result_generation";
    public const string Cleanup = "cleanup";

    /// <summary>After the job has ended, its receivers are told: an addition.</summary>
    public const string Notification = "notification";

    /// <summary>The phase of operations that do not work on a disk.</summary>
    public const string Execution = "execution";
}
