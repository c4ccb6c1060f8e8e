using System.ComponentModel.DataAnnotations;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Retention;

/// <summary>The settings of the section <c>Retention</c>: days after its end for which a job is kept, 0 for ever, and the like.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    private const int LongestDays = 36_500;

    [Range(0, LongestDays)]
    public int CompletedDays { get; set; } = 90;

    [Range(0, LongestDays)]
    public int FailedDays { get; set; } = 90;

    [Range(0, LongestDays)]
    public int TimedOutDays { get; set; } = 90;

    [Range(0, LongestDays)]
    public int CancelledDays { get; set; } = 90;

    /// <summary>Jobs that wait for somebody to queue them again.</summary>
    [Range(0, LongestDays)]
    public int DeadLetteredDays { get; set; }

    /// <summary>Days for which the audit log is kept, 0 for ever.</summary>
    [Range(0, LongestDays)]
    public int AuditDays { get; set; } = 365;

    /// <summary>Whether a job's result and artifacts go with it.</summary>
    public bool RemoveResults { get; set; }

    /// <summary>The most jobs that a run of the timer, once an hour, removes.</summary>
    [Range(1, 1_000_000)]
    public int JobsPerRun { get; set; } = 10_000;

    /// <summary>How long a job that ended in a state is kept; null for ever.</summary>
    public TimeSpan? AgeOf(JobState state) => state switch
    {
        JobState.Completed => Days(CompletedDays),
        JobState.Failed => Days(FailedDays),
        JobState.TimedOut => Days(TimedOutDays),
        JobState.Cancelled => Days(CancelledDays),
        JobState.DeadLettered => Days(DeadLetteredDays),
        _ => null,
    };

    private static TimeSpan? Days(int days) => days == 0 ? null : TimeSpan.FromDays(days);
}
