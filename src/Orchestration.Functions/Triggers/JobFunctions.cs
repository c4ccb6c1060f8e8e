using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Intake;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers;

/// <summary>Submits jobs and tells where they stand, over HTTP.</summary>
public sealed class JobFunctions(JobSubmitter submitter, JobViews views)
{
    /// <summary><c>POST /jobs</c>: 202 with where to look, 400 with every violation, 409 where the job id is taken.</summary>
    [Function("SubmitJob")]
    public Task<IResult> SubmitAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var document = await ReadBodyAsync(request, cancellationToken);
            var submission = await submitter.SubmitAsync(client, document, source: null, cancellationToken);
            return submission switch
            {
                Submission.Accepted accepted => Accept(request, accepted.JobId, client),
                Submission.Duplicate duplicate => Problems.DuplicateJob(duplicate.JobId),
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

    private static IResult Accept(HttpRequest request, string jobId, DurableTaskClient client)
    {
        request.HttpContext.Response.Headers.Location = JobLinks.PathTo(jobId);
        var checkStatus = CheckStatus.From(client.CreateHttpManagementPayload(jobId));
        return Answers.Json(new AcceptedJob(jobId, JobLinks.For(jobId), checkStatus), StatusCodes.Status202Accepted);
    }

    /// <summary>Reads one byte more than is allowed at most, so that the reader of the document can refuse it for its size.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(request.ContentLength ?? JobDocumentReader.MaximumBytes, JobDocumentReader.MaximumBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, length);
    }
}
