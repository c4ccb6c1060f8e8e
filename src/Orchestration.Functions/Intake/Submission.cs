using Orchestration.Protocol.Results;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>What came of a submission.</summary>
public abstract record Submission
{
    private Submission()
    {
    }

    /// <summary>The job runs, or ran: this very document had been accepted before.</summary>
    public sealed record Accepted(string JobId) : Submission
    {
        /// <summary>Members of the document that have no effect, as JSON pointers.</summary>
        public IReadOnlyList<string> UnknownMembers { get; init; } = [];
    }

    /// <summary>The idempotency key stands for another job of the same payload, which runs or has completed.</summary>
    public sealed record Deduplicated(string JobId, JobResult? Result) : Submission;

    /// <summary>The idempotency key stands for a job of another payload.</summary>
    public sealed record KeyConflict(string JobId, string HolderId) : Submission;

    /// <summary>The document is not in order.</summary>
    public sealed record Refused(string? JobId, IReadOnlyList<Violation> Violations) : Submission;

    /// <summary>The job id belongs to another job.</summary>
    public sealed record Duplicate(string JobId) : Submission;
}
