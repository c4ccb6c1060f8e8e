using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Index;
using Orchestration.Functions.Storage;
using Orchestration.Protocol.Hyper2Kvm;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Gives out what came of jobs.</summary>
public sealed class ResultFunctions(ResultStore results, JobViews views)
{
    /// <summary>
    /// <c>GET /jobs/{id}/result</c>: the result document, with <c>shape=hyper2kvm</c> in the shape of that family; 409 while the job is at work.
    /// </summary>
    [Function("GetJobResult")]
    public Task<IResult> GetResultAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{id}/result")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            if (!JobDocumentReader.IsJobId(id))
            {
                return Problems.UnknownJob(id);
            }

            if (await results.ReadResultAsync(id, cancellationToken) is { } result)
            {
                return request.Query["shape"] == Hyper2KvmDocument.MemberName ? Answers.Json(Hyper2KvmResult.From(result)) : Answers.Json(result);
            }

            return await views.FindAsync(client, id, cancellationToken) switch
            {
                null => Problems.UnknownJob(id),
                { } job when JobStateMachine.IsTerminal(job.State) => Problems.NoResult(job),
                { } job => Problems.NotFinished(id, job.State),
            };
        });

    /// <summary><c>GET /jobs/{id}/artifacts/{name}</c>: a file that the result names.</summary>
    [Function("GetJobArtifact")]
    public Task<IResult> GetArtifactAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{id}/artifacts/{name}")] HttpRequest request,
        string id,
        string name,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            if (!JobDocumentReader.IsJobId(id) || await results.OpenArtifactAsync(id, name, cancellationToken) is not { } artifact)
            {
                return Problems.UnknownArtifact(id, name);
            }

            // A report says what an image says: a browser is to show it, and to let nothing in it act in the name of this service.
            request.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
            request.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Stream(artifact.Content, artifact.Details.ContentType);
        });
}
