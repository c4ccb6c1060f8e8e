using System.ComponentModel.DataAnnotations;

namespace Orchestration.Functions.Schedules;

/// <summary>The settings of the section <c>Schedules</c>.</summary>
public sealed class ScheduleOptions
{
    public const string Section = "Schedules";

    /// <summary>Seconds after which a run whose process gives no sign of life is taken over by another.</summary>
    [Range(1, 3600)]
    public int TakeOverSeconds { get; set; } = 60;
}
