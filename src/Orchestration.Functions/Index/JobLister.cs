using System.Text;
using Microsoft.DurableTask.Client;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Index;

/// <summary>
/// Lists jobs page by page, newest first. Pages are stable: what is submitted meanwhile comes before them, and a job keeps its place. A page
/// reads at most <see cref="MostSegments"/> segments, and asks for at most <see cref="MostLiveJobs"/> jobs at work.
/// </summary>
public sealed class JobLister(JobIndex index)
{
    public const int MostJobs = 1000;

    private const int MostSegments = 8;
    private const int MostLiveJobs = 2000;
    private const int LiveJobsAtOnce = 32;

    /// <summary>A page of jobs.</summary>
    /// <param name="client">Knows the jobs at work.</param>
    /// <param name="filter">Which jobs.</param>
    /// <param name="limit">1 to <see cref="MostJobs"/>.</param>
    /// <param name="cursor">Where the page begins; null for the first one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<JobList> ListAsync(
        DurableTaskClient client, JobFilter filter, int limit, JobCursor? cursor, CancellationToken cancellationToken)
    {
        var page = await FindAsync(client, filter, limit, cursor, cancellationToken);
        return new JobList([.. page.Jobs.Select(job => job.Summary)], page.Next);
    }

    /// <summary>The same, with where each job stands in the index.</summary>
    public async Task<JobPage> FindAsync(
        DurableTaskClient client, JobFilter filter, int limit, JobCursor? cursor, CancellationToken cancellationToken)
    {
        var found = new List<FoundJob>();
        var (segments, live) = (0, 0);
        await foreach (var segment in index.ListSegmentsAsync(cancellationToken))
        {
            if (cursor is not null && string.CompareOrdinal(segment, cursor.Segment) < 0)
            {
                continue;
            }

            if (segments == MostSegments)
            {
                return new JobPage(found, new JobCursor(segment, int.MaxValue).ToString());
            }

            segments++;
            var entries = await index.ReadSegmentAsync(segment, cancellationToken);
            var next = Math.Min(entries.Count, segment == cursor?.Segment ? cursor.Before : int.MaxValue);
            while (next > 0)
            {
                // As many candidates at a time as may be at work and still be asked for side by side.
                var candidates = new List<IndexEntry>();
                while (next > 0 && candidates.Count < LiveJobsAtOnce && found.Count + candidates.Count < limit)
                {
                    var entry = entries[--next];
                    if (!entry.IsRemoved && filter.Matches(entry.JobId, entry.Job) && (entry.State is not { } state || filter.Matches(state)))
                    {
                        candidates.Add(entry);
                    }
                }

                live += candidates.Count(entry => entry.State is null);
                var summaries = await Task.WhenAll(candidates.Select(entry => SummarizeAsync(client, entry, cancellationToken)));
                found.AddRange(summaries.Zip(candidates, (summary, entry) => new FoundJob(segment, entry, summary)).Where(job => filter.Matches(job.Summary.State)));
                if (found.Count == limit || live > MostLiveJobs)
                {
                    return new JobPage(found, new JobCursor(segment, next).ToString());
                }
            }
        }

        return new JobPage(found, null);
    }

    private static async Task<JobSummary> SummarizeAsync(DurableTaskClient client, IndexEntry entry, CancellationToken cancellationToken)
    {
        var (state, endedAt) = (entry.State, entry.EndedAt);
        if (state is null)
        {
            // It may have ended since the list was read.
            var status = JobViews.ReadStatus(await client.GetInstanceAsync(entry.JobId, getInputsAndOutputs: true, cancellationToken));
            state = status?.State ?? JobState.Created;
            endedAt = status is not null && JobStateMachine.IsTerminal(status.State) ? status.AuditTrail[^1].At : null;
        }

        return new JobSummary
        {
            JobId = entry.JobId,
            Operation = entry.Job.Operation,
            Name = entry.Job.Name,
            Namespace = entry.Job.Namespace,
            Labels = entry.Job.Labels,
            State = state.Value,
            Status = JobStateMachine.WireName(state.Value),
            SubmittedAt = entry.Job.SubmittedAt,
            EndedAt = endedAt,
            Self = JobLinks.PathTo(entry.JobId),
        };
    }
}

/// <param name="Jobs">The jobs of a page.</param>
/// <param name="Next">Where the next one begins; null on the last one.</param>
public sealed record JobPage(IReadOnlyList<FoundJob> Jobs, string? Next);

/// <param name="Segment">The segment that lists the job.</param>
/// <param name="Entry">As it is listed there.</param>
/// <param name="Summary">As it is shown.</param>
public sealed record FoundJob(string Segment, IndexEntry Entry, JobSummary Summary);

/// <summary>A place in the list of all jobs.</summary>
/// <param name="Segment">The segment with which a page begins.</param>
/// <param name="Before">The number of the job in its segment before which it begins.</param>
public sealed record JobCursor(string Segment, int Before)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static JobCursor? TryParse(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/'), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/') is [var segment, var before]
            && int.TryParse(before, out var number)
                ? new JobCursor(segment, number)
                : null;
    }

    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Segment}/{Before}")).Replace('+', '-').Replace('/', '_');
}
