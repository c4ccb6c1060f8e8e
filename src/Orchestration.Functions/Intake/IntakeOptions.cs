using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Intake;

/// <summary>The settings of the section <c>Intake</c>.</summary>
public sealed class IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>The longest timeout that a job may ask for, in seconds.</summary>
    public int MaximumTimeoutSeconds { get; set; } = JobExecution.MaximumTimeoutSeconds;

    /// <summary>How long an idempotency key stands for its job, in hours.</summary>
    public int IdempotencyRetentionHours { get; set; } = 7 * 24;

    /// <summary>Seconds after which a job that was claimed by another process, and not started, may be taken from it.</summary>
    public int StartPatienceSeconds { get; set; } = 10;
}
