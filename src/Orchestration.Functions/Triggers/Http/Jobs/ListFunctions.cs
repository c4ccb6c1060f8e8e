using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Access;
using Orchestration.Functions.Control;
using Orchestration.Functions.Index;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Lists jobs.</summary>
public sealed class ListFunctions(JobLister lister, JobController controller)
{
    private const int DefaultLimit = 100;

    /// <summary>
    /// <c>GET /jobs</c>: jobs, newest first. The query may name <c>state</c>, <c>operation</c>, <c>namespace</c>, <c>label</c> (NAME:VALUE,
    /// several times), <c>from</c>, <c>to</c>, <c>text</c>, <c>limit</c> (1 to 1000) and <c>cursor</c> (the <c>next</c> of the page before).
    /// </summary>
    [Function("ListJobs")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => ListAsync(request, client, filter => filter, cancellationToken);

    /// <summary><c>GET /dead-letter</c>: the jobs whose attempts were used up, with the query of <c>GET /jobs</c>.</summary>
    [Function("ListDeadLetters")]
    public Task<IResult> ListDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "dead-letter")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) =>
        ListAsync(request, client, filter => filter with { States = ["dead_lettered"] }, cancellationToken);

    /// <summary><c>POST /dead-letter/{id}/requeue</c>: gives the job as many attempts more as it had; 409 where it is no dead letter.</summary>
    [Function("RequeueDeadLetter")]
    public Task<IResult> RequeueAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "dead-letter/{id}/requeue")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            await controller.RequeueAsync(client, id, cancellationToken) switch
            {
                { Outcome: ControlOutcome.Accepted } answer => Answers.Json(answer.Job, StatusCodes.Status202Accepted),
                { Outcome: ControlOutcome.NotADeadLetter, Job: { } job } => Problems.NotADeadLetter(job.JobId, job.State),
                _ => Problems.UnknownJob(id),
            });

    private Task<IResult> ListAsync(
        HttpRequest request, DurableTaskClient client, Func<JobFilter, JobFilter> narrow, CancellationToken cancellationToken) =>
        Problems.UnlessStorageIsOutAsync(async () =>
        {
            var query = request.Query;
            if (JobFilter.TryRead(query, ["limit", "cursor"], out var filter) is { } wrong)
            {
                return Problems.BadQuery(wrong.Name, wrong.Expected, query[wrong.Name]);
            }

            var caller = Caller.Of(request);
            if (filter.Namespace is { } wanted && !caller.MaySee(wanted))
            {
                return Problems.Forbidden($"The key opens the namespace '{caller.Namespace}' only.");
            }

            var limit = DefaultLimit;
            if (query.TryGetValue("limit", out var text)
                && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > JobLister.MostJobs))
            {
                return Problems.BadQuery("limit", $"1 to {JobLister.MostJobs}", text);
            }

            JobCursor? cursor = null;
            if (query.TryGetValue("cursor", out var place) && (cursor = JobCursor.TryParse(place.ToString())) is null)
            {
                return Problems.BadQuery("cursor", "the 'next' of a page", place);
            }

            return Answers.Json(await lister.ListAsync(client, narrow(filter with { Namespace = caller.Namespace ?? filter.Namespace }), limit, cursor, cancellationToken));
        });
}
