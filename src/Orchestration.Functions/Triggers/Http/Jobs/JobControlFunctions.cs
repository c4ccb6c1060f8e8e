using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Control;
using Orchestration.Protocol;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Cancels, pauses and resumes jobs over HTTP.</summary>
public sealed class JobControlFunctions(JobController controller)
{
    private const int LongestBody = 4096;
    private const int LongestText = 500;

    /// <summary><c>DELETE /jobs/{id}</c>: asks the job to end as cancelled; 409 where it has ended or must not be cancelled.</summary>
    [Function("DeleteJob")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "jobs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => CancelAsync(request, id, client, cancellationToken);

    /// <summary><c>POST /jobs/{id}/cancel</c>: the same, where the body may say <c>by</c> whom and for what <c>reason</c>.</summary>
    [Function("CancelJob")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var (by, reason) = await ReadBodyAsync(request, cancellationToken);
            return Answer(id, await controller.CancelAsync(client, id, by, reason, cancellationToken));
        });

    /// <summary><c>POST /jobs/{id}/pause</c>: the job ends its stage and waits.</summary>
    [Function("PauseJob")]
    public Task<IResult> PauseAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{id}/pause")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            Answer(id, await controller.PauseAsync(client, id, pause: true, cancellationToken)));

    /// <summary><c>POST /jobs/{id}/resume</c>: the job goes on.</summary>
    [Function("ResumeJob")]
    public Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{id}/resume")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            Answer(id, await controller.PauseAsync(client, id, pause: false, cancellationToken)));

    private static IResult Answer(string id, ControlAnswer answer) => answer switch
    {
        { Outcome: ControlOutcome.Accepted } => Answers.Json(answer.Job, StatusCodes.Status202Accepted),
        { Outcome: ControlOutcome.Ended, Job: { } job } => Problems.Ended(job.JobId, job.State),
        { Outcome: ControlOutcome.NotCancellable } => Problems.NotCancellable(id),
        _ => Problems.UnknownJob(id),
    };

    /// <summary>Who and why are for people to read: a body that does not say so is as good as none.</summary>
    private static async Task<(string? By, string? Reason)> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestBody];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            var body = length == 0 ? null : JsonSerializer.Deserialize<CancelBody>(buffer.AsSpan(0, length), ProtocolJson.Options);
            return (Cut(body?.By), Cut(body?.Reason));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Cut(string? text) => text?.Length > LongestText ? text[..LongestText] : text;

    private sealed record CancelBody(string? By, string? Reason);
}
