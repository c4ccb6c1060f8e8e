using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Retention;

namespace Orchestration.Functions.Triggers.Timers;

/// <summary>Removes jobs when their time is over: the settings under <c>Retention</c>.</summary>
public sealed class JobRetention(RetentionRunner runner)
{
    [Function("RemoveOldJobs")]
    public Task RunAsync([TimerTrigger("0 27 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        runner.RunAsync(client, cancellationToken);
}
