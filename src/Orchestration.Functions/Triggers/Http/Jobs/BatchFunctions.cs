using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Intake;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Submits many jobs in one call.</summary>
public sealed class BatchFunctions(BatchSubmitter submitter)
{
    // Ten thousand documents of three kilobytes, and less than hosts take of a request.
    private const long MaximumBytes = 30_000_000;

    /// <summary>
    /// <c>POST /jobs:batch</c>, a JSON array or JSON lines of at most 10,000 documents: 200 with what came of each, 400 where there is none, 413
    /// for more bytes than the host takes.
    /// </summary>
    [Function("SubmitBatch")]
    public Task<IResult> SubmitAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs:batch")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            if (request.ContentLength > MaximumBytes)
            {
                return Problems.BatchTooLarge(MaximumBytes);
            }

            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = MaximumBytes;
            }

            IReadOnlyList<BatchAnswer> answers;
            try
            {
                answers = await submitter.SubmitAsync(
                    client, request.Body, document => DocumentBody.Describe(request, document, DocumentFormat.Json), cancellationToken);
            }
            catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                // Sent without a length, it is only found too large when much of it has been read.
                return Problems.BatchTooLarge(MaximumBytes);
            }

            return answers.Count == 0 ? Problems.EmptyBatch() : Answers.Json(BatchReport.For(answers));
        });
}
