using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>What came of a submission.</summary>
public abstract record Submission
{
    private Submission()
    {
    }

    /// <summary>The job runs, or ran: this very document had been accepted before.</summary>
    public sealed record Accepted(string JobId) : Submission;

    /// <summary>The document is not in order.</summary>
    public sealed record Refused(string? JobId, IReadOnlyList<Violation> Violations) : Submission;

    /// <summary>The job id belongs to another job.</summary>
    public sealed record Duplicate(string JobId) : Submission;
}
