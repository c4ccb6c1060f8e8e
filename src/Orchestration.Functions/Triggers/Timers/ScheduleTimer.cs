using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Schedules;

namespace Orchestration.Functions.Triggers.Timers;

/// <summary>Looks every minute which schedules are due, and at start, so that a run that was interrupted goes on at once.</summary>
public sealed class ScheduleTimer(ScheduleRunner runner)
{
    [Function("RunSchedules")]
    public Task RunAsync([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        runner.RunDueAsync(client, cancellationToken);
}
