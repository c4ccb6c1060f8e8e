using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Index;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Retention;

/// <summary>
/// Removes the jobs whose time is over, the oldest first, in steps: a run ends after so many jobs or segments, and the next one goes on from there.
/// </summary>
public sealed partial class RetentionRunner(
    JobIndex index, JobPurger purger, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionRunner> logger)
{
    private const int MostSegments = 200;

    // A segment is written to for an hour; a job that began in it may take a day.
    private static readonly TimeSpan SegmentInUse = TimeSpan.FromDays(2);

    private string? _lastSegment;

    /// <summary>Makes one step.</summary>
    /// <returns>How many jobs were removed.</returns>
    public async Task<int> RunAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var ages = Enum.GetValues<JobState>().Select(options.Value.AgeOf).OfType<TimeSpan>().ToList();
        if (ages.Count == 0)
        {
            return 0;
        }

        var due = (await index.ListSegmentsAsync(cancellationToken).ToListAsync(cancellationToken))
            .Where(segment => JobIndex.StartOf(segment) < time.GetUtcNow() - ages.Min())
            .Reverse()
            .ToList();
        var next = due.FindIndex(segment => string.CompareOrdinal(segment, _lastSegment) < 0);
        var removed = 0;
        foreach (var segment in due.Skip(_lastSegment is null || next < 0 ? 0 : next).Take(MostSegments))
        {
            removed += await CleanAsync(client, segment, options.Value.JobsPerRun - removed, cancellationToken);
            if (removed >= options.Value.JobsPerRun)
            {
                break;
            }

            _lastSegment = segment;
        }

        // From the oldest again once the newest has been looked at.
        _lastSegment = _lastSegment == due.LastOrDefault() ? null : _lastSegment;
        if (removed > 0)
        {
            LogRemoved(logger, removed);
        }

        return removed;
    }

    private async Task<int> CleanAsync(DurableTaskClient client, string segment, int limit, CancellationToken cancellationToken)
    {
        var entries = await index.ReadSegmentAsync(segment, cancellationToken);
        var due = new List<IndexEntry>();
        foreach (var entry in entries.Where(entry => !entry.IsRemoved))
        {
            if (due.Count < limit && await IsDueAsync(client, entry, cancellationToken))
            {
                due.Add(entry);
            }
        }

        var purged = await purger.PurgeAsync(client, segment, due, options.Value.RemoveResults, isDryRun: false, cancellationToken);
        if (entries.Count(entry => entry.IsRemoved) + purged.Count == entries.Count && JobIndex.StartOf(segment) < time.GetUtcNow() - SegmentInUse)
        {
            await index.RemoveSegmentAsync(segment, cancellationToken);
        }

        return purged.Count;
    }

    private async Task<bool> IsDueAsync(DurableTaskClient client, IndexEntry entry, CancellationToken cancellationToken)
    {
        var (state, endedAt) = (entry.State, entry.EndedAt);
        if (state is null)
        {
            // At work, or ended from outside, so that it could not say so on the list.
            var instance = await client.GetInstanceAsync(entry.JobId, getInputsAndOutputs: true, cancellationToken);
            (state, endedAt) = instance switch
            {
                { IsCompleted: false } => (default(JobState?), default(DateTimeOffset?)),
                { RuntimeStatus: OrchestrationRuntimeStatus.Failed } => (JobState.Failed, instance.LastUpdatedAt),
                { RuntimeStatus: OrchestrationRuntimeStatus.Terminated } => (JobState.Cancelled, instance.LastUpdatedAt),
                { } ended => (JobViews.ReadStatus(ended)?.State, ended.LastUpdatedAt),
                null => (JobState.Cancelled, entry.Job.SubmittedAt),
            };
        }

        return state is { } end && options.Value.AgeOf(end) is { } age && endedAt < time.GetUtcNow() - age;
    }

    [LoggerMessage(EventId = 80, Level = LogLevel.Information, Message = "Removed {Count} jobs whose time was over.")]
    private static partial void LogRemoved(ILogger logger, int count);
}
