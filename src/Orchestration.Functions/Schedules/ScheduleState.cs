using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Schedules;

/// <summary>What is known of a schedule beside its document. Immutable; written on condition that nobody else changed it.</summary>
public sealed record ScheduleState
{
    /// <summary>The version of the document that this is about.</summary>
    public required string Version { get; init; }

    /// <summary>When that version came, in UTC: earlier occurrences are not its own.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The last occurrence that was run, or left out.</summary>
    public DateTimeOffset? LastOccurrence { get; init; }

    /// <summary>The run under way.</summary>
    public PendingRun? Running { get; init; }

    public ScheduleRun? LastRun { get; init; }

    public ScheduleFault? LastError { get; init; }
}

/// <param name="Occurrence">Of the run.</param>
/// <param name="Manual">Whether it was asked for by hand.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="By">Who runs it.</param>
/// <param name="RenewedAt">When that one was last seen to be alive.</param>
public sealed record PendingRun(DateTimeOffset Occurrence, bool Manual, DateTimeOffset StartedAt, string By, DateTimeOffset RenewedAt);
