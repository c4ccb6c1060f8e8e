using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// The orchestration's input: what its decisions need of the document. The document itself stays in the claim, so that a large one does
/// not travel through history.
/// </summary>
/// <param name="JobId">Also the instance id.</param>
/// <param name="FirstAttempt">1, or what the document says.</param>
/// <param name="MaxAttempts">The last attempt's number.</param>
/// <param name="Timeout">For all attempts together.</param>
/// <param name="Deadline">Moment after which the job must not go on.</param>
public sealed record JobTicket(string JobId, int FirstAttempt, int MaxAttempts, TimeSpan Timeout, DateTimeOffset? Deadline)
{
    /// <summary>Whether other jobs must have ended before this one runs.</summary>
    public bool HasDependencies { get; init; }

    /// <summary>Whether somebody wants to be told how the job ended.</summary>
    public bool HasWebhooks { get; init; }

    /// <summary>1 to 10; higher is more urgent.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>The segment of the job index that lists the job.</summary>
    public string? IndexSegment { get; init; }

    public static JobTicket For(JobDocument document, string indexSegment) => new(
        document.JobId,
        document.Execution.Attempt,
        document.Execution.MaxAttempts,
        TimeSpan.FromSeconds(document.Execution.TimeoutSeconds),
        document.Execution.Deadline)
    {
        HasDependencies = document.Execution.DependsOn is { Count: > 0 },
        HasWebhooks = document.Notifications?.Webhooks is { Count: > 0 },
        Priority = document.Execution.Priority,
        IndexSegment = indexSegment,
    };

    /// <summary>The ticket of a job that has used up its attempts and gets as many more.</summary>
    public JobTicket Renew(int lastAttempt) => this with
    {
        FirstAttempt = lastAttempt + 1,
        MaxAttempts = lastAttempt + Math.Max(1, MaxAttempts - FirstAttempt + 1),
    };
}
