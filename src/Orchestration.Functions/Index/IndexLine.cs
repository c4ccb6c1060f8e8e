using Orchestration.Protocol.Documents;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Index;

/// <summary>
/// A line of a segment. The first line of a job says what it is; later ones say that it ended (<paramref name="State"/>), that it runs
/// again (no state), or that nothing is kept of it any more. All lines of a job are in one segment.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Job">What the job is; only in its first line.</param>
/// <param name="State">The state in which it ended.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Removed">True where the job was removed.</param>
public sealed record IndexLine(string JobId, IndexedJob? Job = null, JobState? State = null, DateTimeOffset? EndedAt = null, bool? Removed = null);

/// <summary>What is known of a job without opening its document.</summary>
public sealed record IndexedJob(
    string Operation, DateTimeOffset SubmittedAt, string? Name, string? Namespace, IReadOnlyDictionary<string, string>? Labels)
{
    public static IndexedJob For(JobDocument document, DateTimeOffset submittedAt) => new(
        document.Operation, submittedAt, document.Metadata?.Name, document.Metadata?.Namespace, document.Metadata?.Labels);
}

/// <param name="JobId">The job.</param>
/// <param name="Job">What it is.</param>
/// <param name="State">The state in which it ended; null for one at work.</param>
/// <param name="EndedAt">When.</param>
/// <param name="IsRemoved">Whether it was removed; it keeps its place, so that pages stay stable.</param>
public sealed record IndexEntry(string JobId, IndexedJob Job, JobState? State, DateTimeOffset? EndedAt, bool IsRemoved = false);
