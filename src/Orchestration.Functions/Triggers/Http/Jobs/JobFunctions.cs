using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Access;
using Orchestration.Functions.Index;
using Orchestration.Functions.Intake;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Submits jobs and tells where they stand, over HTTP.</summary>
public sealed class JobFunctions(JobSubmitter submitter, JobViews views)
{
    /// <summary>
    /// <c>POST /jobs</c>, JSON or YAML: 202 with where to look, 200 with the result of an equal job that has completed, 400 with every
    /// violation, 409 where the job id or the idempotency key belongs to another job.
    /// </summary>
    [Function("SubmitJob")]
    public Task<IResult> SubmitAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var incoming = await DocumentBody.ReadDocumentAsync(request, cancellationToken);
            var submission = await submitter.SubmitAsync(client, incoming, cancellationToken);
            return submission switch
            {
                Submission.Accepted accepted => Accept(request, AcceptedJob.For(accepted.JobId, client, Caller.Of(request)) with { UnknownMembers = accepted.UnknownMembers }),
                Submission.Deduplicated equal => Accept(
                    request, AcceptedJob.For(equal.JobId, client, Caller.Of(request)) with { Deduplicated = true, Result = equal.Result }),
                Submission.Duplicate duplicate => Problems.DuplicateJob(duplicate.JobId),
                Submission.KeyConflict conflict => Problems.KeyConflict(conflict.JobId, conflict.HolderId),
                Submission.Refused refused => Problems.Refused(refused),
                _ => throw new InvalidOperationException($"Unknown submission outcome {submission}."),
            };
        });

    /// <summary><c>GET /jobs/{id}</c>: the document, its state, progress and audit trail.</summary>
    [Function("GetJob")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            await views.FindAsync(client, id, cancellationToken) is { } view ? Answers.Json(view) : Problems.UnknownJob(id));

    private static IResult Accept(HttpRequest request, AcceptedJob job)
    {
        request.HttpContext.Response.Headers.Location = job.Links.Self;
        return Answers.Json(job, job.Result is null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }
}
