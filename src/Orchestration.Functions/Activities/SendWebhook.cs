using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Events;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Activities;

/// <summary>Makes one attempt of a delivery, and notes what came of it.</summary>
public sealed partial class SendWebhook(
    ClaimStore claims,
    ResultStore results,
    WebhookRecords records,
    WebhookRules rules,
    WebhookClient client,
    EventLog events,
    IOptions<WebhookOptions> options,
    TimeProvider time,
    ILogger<SendWebhook> logger)
{
    private const int DelayFactor = 3;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    [Function(nameof(SendWebhook))]
    public async Task<WebhookOutcome> RunAsync([ActivityTrigger] WebhookTicket ticket, CancellationToken cancellationToken)
    {
        // Gone where the job was removed or runs again, and ended where a crash kept an earlier call from saying so.
        var delivery = await records.ReadAsync(ticket.JobId, ticket.Number, cancellationToken);
        if (delivery?.DeliveryId != ticket.DeliveryId || delivery.Status != WebhookDelivery.Pending)
        {
            return new WebhookOutcome(null);
        }

        var answer = await SendAsync(ticket, cancellationToken);
        var attempts = delivery.Attempts + 1;
        var hasEnded = answer.IsFinal || attempts >= options.Value.MaximumAttempts;
        delivery = delivery with
        {
            Status = answer.Error is null ? WebhookDelivery.Delivered : hasEnded ? WebhookDelivery.Failed : WebhookDelivery.Pending,
            Attempts = attempts,
            LastAttemptAt = time.GetUtcNow(),
            HttpStatus = answer.HttpStatus,
            Error = answer.Error,
        };
        await LogEventAsync(ticket, delivery, cancellationToken);
        await records.WriteAsync(ticket.JobId, ticket.Number, delivery, cancellationToken);
        LogAttempt(logger, ticket.JobId, delivery.Url, attempts, delivery.Status, answer.HttpStatus, answer.Error);
        return new WebhookOutcome(hasEnded ? null : DelayAfter(attempts));
    }

    private async Task<WebhookAnswer> SendAsync(WebhookTicket ticket, CancellationToken cancellationToken)
    {
        var document = (await claims.ReadStartedAsync(ticket.JobId, cancellationToken))?.Document;
        if (document?.Notifications?.Webhooks is not { } webhooks || await results.ReadResultAsync(ticket.JobId, cancellationToken) is not { } result)
        {
            return new WebhookAnswer(null, "The job's result is gone.", IsFinal: true);
        }

        var webhook = webhooks[ticket.Number];
        if (rules.FindFault(webhook.Url) is { } fault)
        {
            return new WebhookAnswer(null, fault, IsFinal: true);
        }

        if (rules.FindKey(webhook.SigningKey) is not { } key)
        {
            return new WebhookAnswer(null, "The key that signs is gone from the settings.", IsFinal: true);
        }

        using var request = WebhookMessage.CreateRequest(
            new Uri(webhook.Url), ticket.DeliveryId, time.GetUtcNow(), WebhookMessage.Write(document, result), key);
        return await client.SendAsync(request, cancellationToken);
    }

    private TimeSpan DelayAfter(int attempts)
    {
        var delay = TimeSpan.FromSeconds(Math.Min(LongestDelay.TotalSeconds, options.Value.FirstDelaySeconds * Math.Pow(DelayFactor, attempts - 1)));

        // Spread, so that a receiver that comes back is not met by all at once. An activity's answer is in history, so chance does no harm.
        return delay * (1 - (RandomNumberGenerator.GetInt32(250) / 1000.0));
    }

    private Task LogEventAsync(WebhookTicket ticket, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var happened = new ProgressEvent
        {
            JobId = ticket.JobId,
            Timestamp = time.GetUtcNow(),
            Phase = Phases.Notification,
            Message = delivery.Error is null
                ? $"The receiver at {delivery.Url} was told."
                : $"Attempt {delivery.Attempts} to tell the receiver at {delivery.Url} failed: {delivery.Error}",
            Details = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            {
                ["webhook"] = JsonSerializer.SerializeToElement(delivery, ProtocolJson.Options),
            },
        };
        var key = string.Create(CultureInfo.InvariantCulture, $"{ticket.InstanceId}/{delivery.Attempts}");
        return events.AppendAsync(ticket.JobId, [new LoggedEvent(happened, key)], isProgress: false, cancellationToken);
    }

    [LoggerMessage(EventId = 66, Level = LogLevel.Information, Message = "Job {JobId}: webhook {Url}, attempt {Attempt}: {Status}, HTTP status {HttpStatus}. {Error}")]
    private static partial void LogAttempt(ILogger logger, string jobId, string url, int attempt, string status, int? httpStatus, string? error);
}
