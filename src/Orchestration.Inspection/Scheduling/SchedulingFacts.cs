namespace Orchestration.Inspection.Scheduling;

/// <summary>What the guest runs by the clock.</summary>
public sealed record SchedulingFacts : FactSet
{
    public IReadOnlyList<CronJob> CronJobs { get; init; } = [];

    public IReadOnlyList<SystemdTimer> Timers { get; init; } = [];
}

/// <param name="Schedule">Five fields, <c>@daily</c> and the like, or the name of the directory whose scripts are run.</param>
/// <param name="User">Who runs it; null where the file does not say.</param>
/// <param name="Command">What is run.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one; null for a script in a directory.</param>
public sealed record CronJob(string Schedule, string? User, string Command, string File, int? Line);

/// <param name="Name">With suffix.</param>
/// <param name="Schedule"><c>OnCalendar=</c> and other triggers as written, one each.</param>
/// <param name="Activates">The unit it starts.</param>
/// <param name="Enabled">Started at boot.</param>
/// <param name="File">Where it is defined.</param>
public sealed record SystemdTimer(string Name, IReadOnlyList<string> Schedule, string Activates, bool Enabled, string File);
