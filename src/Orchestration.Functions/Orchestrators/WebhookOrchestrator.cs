using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestration.Functions.Activities;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// Brings the end of a job to one receiver, with growing pauses between attempts. An orchestration of its own: the job has ended whatever
/// becomes of it, and a kill at any moment costs an attempt at most.
/// </summary>
public static class WebhookOrchestrator
{
    private const int MostCalls = 100;

    // While the storage does not answer, nobody is called and no attempt is used up.
    private static readonly TimeSpan OutageDelay = TimeSpan.FromMinutes(5);

    [Function(nameof(WebhookOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var ticket = context.GetInput<WebhookTicket>()
            ?? throw new InvalidOperationException("The webhook orchestrator was started without a delivery.");
        for (var call = 0; call < MostCalls; call++)
        {
            var delay = await SendAsync(context, ticket);
            if (delay is null)
            {
                return;
            }

            await context.CreateTimer(context.CurrentUtcDateTime + delay.Value, CancellationToken.None);
        }
    }

    private static async Task<TimeSpan?> SendAsync(TaskOrchestrationContext context, WebhookTicket ticket)
    {
        try
        {
            return (await context.CallActivityAsync<WebhookOutcome>(nameof(SendWebhook), ticket, OutsideCauses.Retry)).NextAfter;
        }
        catch (TaskFailedException)
        {
            return OutageDelay;
        }
    }
}
