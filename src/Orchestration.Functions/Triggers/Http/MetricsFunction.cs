using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Turns;

namespace Orchestration.Functions.Triggers.Http;

/// <summary><c>GET /metrics</c>: what the process that answers has done, and how many jobs wait, in the text format of Prometheus.</summary>
public sealed class MetricsFunction(JobMeters metrics)
{
    [Function("GetMetrics")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "metrics")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var queue = await client.Entities.GetEntityAsync<TurnQueue>(JobGate.Id, cancellationToken);
            var text = new StringBuilder(metrics.Text.ToString());
            PrometheusText.AppendGauge(text, "guestkit_worker_queue_depth", "Jobs that wait for their turn, on all machines together.", queue?.State?.Waiting.Count ?? 0);
            return Results.Text(text.ToString(), PrometheusText.MediaType);
        });
}
