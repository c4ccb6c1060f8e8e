using Microsoft.DurableTask.Client;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Events;
using Orchestration.Functions.Index;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Webhooks;

namespace Orchestration.Functions.Retention;

/// <summary>
/// Removes what is kept of a job: its history, events, checkpoints, deliveries and claim, and where that is asked for its result. Not its
/// idempotency key, which has a time of its own. Killed in between, it can be asked again: the claim goes late and the entry on the list last.
/// </summary>
public sealed class JobPurger(
    ClaimStore claims,
    CheckpointStore checkpoints,
    ResultStore results,
    EventLog events,
    CancellationStore cancellations,
    RequeueClaims requeues,
    WebhookRecords webhooks,
    JobIndex index,
    TimeProvider time)
{
    private const int AtOnce = 8;

    /// <summary>Removes jobs of one segment, but for those at work, and takes them off the list.</summary>
    /// <returns>Those that were removed; with <paramref name="isDryRun"/>, those that would have been.</returns>
    public async Task<IReadOnlyList<IndexEntry>> PurgeAsync(
        DurableTaskClient client, string segment, IReadOnlyList<IndexEntry> jobs, bool withResults, bool isDryRun, CancellationToken cancellationToken)
    {
        var purged = new List<IndexEntry>();
        foreach (var group in jobs.Chunk(AtOnce))
        {
            var gone = await Task.WhenAll(group.Select(job => TryPurgeAsync(client, job, withResults, isDryRun, cancellationToken)));
            purged.AddRange(group.Where((_, place) => gone[place]));
        }

        if (purged.Count > 0 && !isDryRun)
        {
            await index.RemoveAsync(segment, purged.Select(job => job.JobId), cancellationToken);
        }

        return purged;
    }

    /// <returns>False for a job at work, which stays as it is.</returns>
    private async Task<bool> TryPurgeAsync(DurableTaskClient client, IndexEntry job, bool withResults, bool isDryRun, CancellationToken cancellationToken)
    {
        var claim = await claims.ReadAsync(job.JobId, cancellationToken);
        if (claim is not null && claim.SubmittedAt != job.Job.SubmittedAt)
        {
            // Removed before, by somebody who could not finish; the id belongs to another job by now.
            return true;
        }

        var instance = await client.GetInstanceAsync(job.JobId, cancellation: cancellationToken);
        var deliveries = await FindDeliveriesAsync(client, job.JobId, claim, cancellationToken);
        if (instance is { IsCompleted: false } || deliveries.Exists(delivery => !delivery.IsCompleted))
        {
            return false;
        }

        if (isDryRun)
        {
            return true;
        }

        foreach (var delivery in deliveries)
        {
            await client.PurgeInstanceAsync(delivery.InstanceId, cancellation: cancellationToken);
        }

        if (instance is not null)
        {
            await client.PurgeInstanceAsync(job.JobId, cancellation: cancellationToken);
        }

        await events.RemoveAsync(job.JobId, cancellationToken);
        await cancellations.ClearAsync(job.JobId, cancellationToken);
        await requeues.RemoveAsync(job.JobId, cancellationToken);
        await webhooks.RemoveAllAsync(job.JobId, claim?.Document.Notifications?.Webhooks?.Count ?? 0, cancellationToken);
        await checkpoints.RemoveJobAsync(job.JobId, cancellationToken);
        if (withResults)
        {
            await results.RemoveJobAsync(job.JobId, cancellationToken);
            await claims.ReleaseAsync(job.JobId, cancellationToken);
        }
        else
        {
            await claims.ReleaseButResultAsync(job.JobId, time.GetUtcNow(), cancellationToken);
        }

        return true;
    }

    private async Task<List<OrchestrationMetadata>> FindDeliveriesAsync(
        DurableTaskClient client, string jobId, JobClaim? claim, CancellationToken cancellationToken)
    {
        var found = new List<OrchestrationMetadata>();
        var count = claim?.Document.Notifications?.Webhooks?.Count ?? 0;
        var lastAttempt = count == 0 ? 0 : (await results.ReadResultAsync(jobId, cancellationToken))?.ExecutionSummary.Attempt ?? 0;
        for (var attempt = 1; attempt <= lastAttempt; attempt++)
        {
            for (var number = 0; number < count; number++)
            {
                if (await client.GetInstanceAsync(new WebhookTicket(jobId, number, attempt).InstanceId, cancellation: cancellationToken) is { } delivery)
                {
                    found.Add(delivery);
                }
            }
        }

        return found;
    }
}
