using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Activities;

/// <summary>Starts a delivery to each receiver that wants to be told how a job ended. May run twice after a crash: what was started is not started again.</summary>
public sealed class StartWebhooks(ClaimStore claims, ResultStore results, WebhookRecords records)
{
    [Function(nameof(StartWebhooks))]
    public async Task RunAsync([ActivityTrigger] string jobId, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        var webhooks = (await claims.ReadStartedAsync(jobId, cancellationToken))?.Document.Notifications?.Webhooks;
        if (webhooks is null || await results.ReadResultAsync(jobId, cancellationToken) is not { } result)
        {
            return;
        }

        foreach (var (number, webhook) in webhooks.Index().Where(webhook => webhook.Item.On is not { Count: > 0 } wanted || wanted.Contains(result.Status)))
        {
            var ticket = new WebhookTicket(jobId, number, result.ExecutionSummary.Attempt);
            if (await client.GetInstanceAsync(ticket.InstanceId, cancellation: cancellationToken) is null)
            {
                var delivery = new WebhookDelivery
                {
                    DeliveryId = ticket.DeliveryId,
                    Url = new Uri(webhook.Url).GetLeftPart(UriPartial.Path),
                    Status = WebhookDelivery.Pending,
                };
                await records.WriteAsync(jobId, number, delivery, cancellationToken);
                await client.ScheduleNewOrchestrationInstanceAsync(
                    nameof(WebhookOrchestrator), ticket, new StartOrchestrationOptions(ticket.InstanceId), cancellationToken);
            }
        }
    }
}

/// <summary>One delivery. A job that runs again, after its attempts were used up, has deliveries of its own.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Number">The webhook's place in the document, from 0.</param>
/// <param name="Attempt">The attempt that ended the job.</param>
public sealed record WebhookTicket(string JobId, int Number, int Attempt)
{
    /// <summary>No job has an id with a colon.</summary>
    public string InstanceId => string.Create(CultureInfo.InvariantCulture, $"webhook:{JobId}:{Number}:{Attempt}");

    /// <summary>What the receiver knows it by.</summary>
    public string DeliveryId => string.Create(CultureInfo.InvariantCulture, $"{JobId}_{Number}_{Attempt}");
}

/// <param name="NextAfter">When to try again; null where the delivery has ended.</param>
public sealed record WebhookOutcome(TimeSpan? NextAfter);
