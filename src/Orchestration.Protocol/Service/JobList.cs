using Orchestration.Protocol.States;

namespace Orchestration.Protocol.Service;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">May be fewer than asked for although more follow, where few of many match.</param>
/// <param name="Next">What to ask the next page with; null on the last one.</param>
public sealed record JobList(IReadOnlyList<JobSummary> Jobs, string? Next);

/// <summary>A job in a list.</summary>
public sealed record JobSummary
{
    public required string JobId { get; init; }

    public required string Operation { get; init; }

    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The state in the words of result documents.</summary>
    public required string Status { get; init; }

    public required JobState State { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Null while the job is at work.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Where the job is found.</summary>
    public required string Self { get; init; }
}
