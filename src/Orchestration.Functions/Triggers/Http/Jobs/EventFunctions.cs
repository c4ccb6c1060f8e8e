using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Events;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Tells what happens to jobs.</summary>
public sealed class EventFunctions(JobEvents events)
{
    private const string EventStream = "text/event-stream";

    /// <summary>
    /// <c>GET /jobs/{id}/events</c>: the job's events as JSON, from the sequence number <c>since</c> on; or, to those who accept
    /// <c>text/event-stream</c>, as they happen until the job has ended, from the one after <c>Last-Event-ID</c> on.
    /// </summary>
    [Function("GetJobEvents")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{id}/events")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            if (!TryReadStart(request, out var since))
            {
                return Problems.BadQuery("since", "a sequence number, from 0", request.Query["since"]);
            }

            if (await events.ReadAsync(client, id, since, cancellationToken) is not { } page)
            {
                return Problems.UnknownJob(id);
            }

            return request.Headers.Accept.Any(accepted => accepted?.Contains(EventStream, StringComparison.OrdinalIgnoreCase) is true)
                ? Results.ServerSentEvents(FollowAsync(client, id, since, request.HttpContext.RequestAborted))
                : Answers.Json(page);
        });

    /// <summary>A client that comes back says what it saw last; one that comes new may say where to begin.</summary>
    private static bool TryReadStart(HttpRequest request, out long since)
    {
        since = 0;
        if (long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            since = last + 1;
            return true;
        }

        return !request.Query.TryGetValue("since", out var text) || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since);
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(
        DurableTaskClient client, string id, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in events.FollowAsync(client, id, since, cancellationToken))
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(happened, ProtocolJson.Options), ProgressEvent.StreamEventType)
            {
                EventId = happened.Sequence.ToString(CultureInfo.InvariantCulture),
            };
        }
    }
}
