using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Index;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Intake;

/// <summary>
/// Claims the id and the idempotency key of a checked document, and starts its job: exactly once, however many submit it at once and
/// whenever one of them is killed. The id is claimed first, so that a key always names a job whose document is known; whoever finds a job
/// that was claimed and never started, because its submitter died, may take it over.
/// </summary>
public sealed partial class JobStarter(
    ClaimStore claims,
    IdempotencyKeys keys,
    JobOutcomes outcomes,
    ResultStore results,
    JobIndex index,
    IOptions<IntakeOptions> options,
    TimeProvider time,
    ILogger<JobStarter> logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);

    // After a crash there may be as many that wait as there were connections, and each look costs the storage two requests.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(800);

    // Tells the claims that this process is about to start from those that a process left that is gone.
    private static readonly string ProcessId = Guid.NewGuid().ToString("N");

    private readonly ConcurrentDictionary<string, bool> _starting = new(StringComparer.Ordinal);

    public async Task<Submission> StartAsync(DurableTaskClient client, JobDocument document, string? source, CancellationToken cancellationToken)
    {
        for (var pause = ShortestPause; ; pause = Longer(pause))
        {
            var claim = new JobClaim(document, time.GetUtcNow(), source, ProcessId);
            if (!_starting.TryAdd(document.JobId, true))
            {
                // Another request of this process has the very id at hand: what came of it is seen once it has ended.
                await Task.Delay(pause, time, cancellationToken);
                continue;
            }

            try
            {
                var answer = await claims.TryClaimAsync(claim, cancellationToken);
                if (answer.Earlier is not { } earlier)
                {
                    return await StartClaimedAsync(client, document, answer.AfterRefusal, cancellationToken);
                }

                if (!IsSameJob(earlier.Document, document))
                {
                    return new Submission.Duplicate(document.JobId);
                }

                if (await outcomes.FindAsync(client, earlier, cancellationToken) is { } outcome)
                {
                    return Again(earlier, document, source, outcome);
                }

                // Of this process, only who is at this very place may start it.
                if ((earlier.ClaimedBy == ProcessId || IsStale(earlier)) && await claims.TryReplaceAsync(earlier, claim, cancellationToken))
                {
                    // Whoever claimed it may not have come to removing the result of a refusal.
                    LogTakenOver(logger, document.JobId);
                    return await StartClaimedAsync(client, document, mayHaveResult: true, cancellationToken);
                }
            }
            finally
            {
                _starting.TryRemove(document.JobId, out _);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<Submission> StartClaimedAsync(
        DurableTaskClient client, JobDocument document, bool mayHaveResult, CancellationToken cancellationToken)
    {
        // First, for the claim is not noted as one after a refusal when it is taken back.
        if (mayHaveResult)
        {
            await results.RemoveResultAsync(document.JobId, cancellationToken);
        }

        if (document.Execution.IdempotencyKey is { Length: > 0 } key
            && await ClaimKeyAsync(client, document, key, cancellationToken) is { } other)
        {
            await claims.ReleaseAsync(document.JobId, cancellationToken);
            return other;
        }

        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(JobOrchestrator),
            JobTicket.For(document, index.AssignSegment()),
            new StartOrchestrationOptions(document.JobId),
            cancellationToken);
        LogAccepted(logger, document.JobId, document.Operation);
        return new Submission.Accepted(document.JobId);
    }

    /// <summary>Null where the key stands for this job now; else what became of the submission.</summary>
    private async Task<Submission?> ClaimKeyAsync(DurableTaskClient client, JobDocument document, string key, CancellationToken cancellationToken)
    {
        for (var pause = ShortestPause; ; pause = Longer(pause))
        {
            if (await keys.TryClaimAsync(document, key, cancellationToken) is not { } holder)
            {
                return null;
            }

            if (!holder.IsOfSamePayload)
            {
                return new Submission.KeyConflict(document.JobId, holder.Claim.JobId);
            }

            // Asked before the outcome is: a job that is started between the two questions is not taken for abandoned.
            var job = await claims.ReadAsync(holder.Claim.JobId, cancellationToken);
            var isAbandoned = job is null || IsAbandoned(job);
            var outcome = job is null ? null : await outcomes.FindAsync(client, job, cancellationToken);
            if (outcome is { HasFailed: false })
            {
                return new Submission.Deduplicated(holder.Claim.JobId, outcome.Result);
            }

            // The job failed, so that the key may be used again; or its submitter died before it started, or withdrew.
            var free = outcome is not null || isAbandoned;
            if (free && await keys.TryTakeOverAsync(holder, document.JobId, cancellationToken))
            {
                return null;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static Submission Again(JobClaim earlier, JobDocument document, string? source, JobOutcome outcome)
    {
        // A trigger that is delivered again brings the same document; so does a submitter who has lost the answer, and says so by a key.
        if (source is not null && earlier.Source == source)
        {
            return new Submission.Accepted(document.JobId);
        }

        return document.Execution.IdempotencyKey is { Length: > 0 } && !outcome.HasFailed
            ? new Submission.Deduplicated(document.JobId, outcome.Result)
            : new Submission.Duplicate(document.JobId);
    }

    private static TimeSpan Longer(TimeSpan pause) => pause < LongestPause ? 2 * pause : pause;

    private bool IsAbandoned(JobClaim claim) => claim.ClaimedBy == ProcessId ? !_starting.ContainsKey(claim.Document.JobId) : IsStale(claim);

    private bool IsStale(JobClaim claim) => time.GetUtcNow() - claim.SubmittedAt > TimeSpan.FromSeconds(options.Value.StartPatienceSeconds);

    /// <summary>The time of creation may differ: it is not always in the document as submitted.</summary>
    private static bool IsSameJob(JobDocument one, JobDocument other) =>
        JsonElement.DeepEquals(ToElement(one), ToElement(other with { CreatedAt = one.CreatedAt }));

    private static JsonElement ToElement(JobDocument document) => JsonSerializer.SerializeToElement(document, ProtocolJson.Options);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Job {JobId} ({Operation}) was accepted.")]
    private static partial void LogAccepted(ILogger logger, string jobId, string operation);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Job {JobId} was claimed by a process that did not start it; it is started now.")]
    private static partial void LogTakenOver(ILogger logger, string jobId);
}
