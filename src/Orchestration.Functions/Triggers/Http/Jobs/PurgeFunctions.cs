using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Index;
using Orchestration.Functions.Retention;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Removes jobs on request.</summary>
public sealed class PurgeFunctions(JobLister lister, JobPurger purger)
{
    private static readonly string[] Filters = [.. JobFilter.Members, "ended_before"];

    /// <summary>
    /// <c>POST /jobs:purge</c>: removes the ended jobs that the query names, as <c>GET /jobs</c> reads it, of which one member at least must be
    /// given; <c>ended_before</c>, and <c>results=true</c> to remove results too, <c>dry_run=true</c> only to see. A page at a time: <c>next</c> leads on.
    /// </summary>
    [Function("PurgeJobs")]
    public Task<IResult> PurgeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs:purge")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var query = request.Query;
            if (JobFilter.TryRead(query, ["ended_before", "results", "dry_run", "cursor"], out var filter) is { } wrong)
            {
                return Problems.BadQuery(wrong.Name, wrong.Expected, query[wrong.Name]);
            }

            if (!Array.Exists(Filters, name => !string.IsNullOrEmpty(query[name])))
            {
                return Problems.BadQuery("state", $"given, or another of {string.Join(", ", Filters)}: all jobs are not removed by leaving something out", null);
            }

            var endedBefore = DateTimeOffset.MaxValue;
            if (query.TryGetValue("ended_before", out var moment)
                && !DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out endedBefore))
            {
                return Problems.BadQuery("ended_before", "a moment such as 2026-03-01T08:00:00Z", moment);
            }

            JobCursor? cursor = null;
            if (query.TryGetValue("cursor", out var place) && (cursor = JobCursor.TryParse(place.ToString())) is null)
            {
                return Problems.BadQuery("cursor", "the 'next' of a page", place);
            }

            if (FindBadSwitch(query) is { } name)
            {
                return Problems.BadQuery(name, "true or false", query[name]);
            }

            var page = await lister.FindAsync(client, filter, JobLister.MostJobs, cursor, cancellationToken);
            var isDryRun = query["dry_run"] == "true";
            var purged = new List<IndexEntry>();
            foreach (var segment in page.Jobs.Where(job => endedBefore == DateTimeOffset.MaxValue || job.Entry.EndedAt < endedBefore).GroupBy(job => job.Segment))
            {
                purged.AddRange(await purger.PurgeAsync(
                    client, segment.Key, [.. segment.Select(job => job.Entry)], query["results"] == "true", isDryRun, cancellationToken));
            }

            return Answers.Json(new PurgeReport(isDryRun, purged.Count, [.. purged.Select(job => job.JobId)], page.Next));
        });

    /// <summary>Whatever is neither is not taken for one of them.</summary>
    private static string? FindBadSwitch(IQueryCollection query) =>
        Array.Find(["dry_run", "results"], name => query.TryGetValue(name, out var value) && value.ToString() is not ("true" or "false"));
}
