using System.ComponentModel.DataAnnotations;

namespace Orchestration.Functions.Turns;

/// <summary>How much is done at once.</summary>
public sealed class TurnOptions
{
    public const string Section = "Jobs";

    /// <summary>The most jobs at work, on all machines together. Jobs that take next to nothing do not count.</summary>
    [Range(1, 100_000)]
    public int MaximumConcurrent { get; set; } = 32;

    /// <summary>The most steps at work in one process.</summary>
    [Range(1, 1000)]
    public int MaximumConcurrentSteps { get; set; } = 8;
}
