using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Retention;

namespace Orchestration.Functions.Triggers.Timers;

/// <summary>Removes jobs, and days of the audit log, when their time is over: the settings under <c>Retention</c>.</summary>
public sealed class JobRetention(RetentionRunner runner, AuditRetention audit)
{
    [Function("RemoveOldJobs")]
    public async Task RunAsync([TimerTrigger("0 27 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await audit.RunAsync(cancellationToken);
        await runner.RunAsync(client, cancellationToken);
    }
}
