using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function on a schedule, in UTC.</summary>
/// <param name="schedule">
/// An NCRONTAB expression of six fields (seconds first) or five, a <see cref="TimeSpan"/>, or a <c>%setting%</c> that holds one.
/// </param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    public string Schedule { get; } = schedule;

    /// <summary>
    /// Whether the schedule's state is kept, so that an occurrence missed while the host was down is made up for. Never kept for
    /// schedules that fire more often than once a minute.
    /// </summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether the function also runs whenever the host starts.</summary>
    public bool RunOnStartup { get; set; }
}

/// <summary>What a timer function may ask about its schedule.</summary>
public class TimerInfo
{
    /// <summary>Null where the schedule's state is not kept.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this call makes up for an occurrence that passed while the host was down.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>Occurrences of a schedule, in UTC.</summary>
public class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
