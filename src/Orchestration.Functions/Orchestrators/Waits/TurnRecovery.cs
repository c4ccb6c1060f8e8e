using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestration.Functions.Turns;

namespace Orchestration.Functions.Orchestrators.Waits;

/// <summary>Gives back the turns of jobs whose orchestrations were ended from outside, and tells those whose turn it becomes.</summary>
public static class TurnRecovery
{
    [Function(nameof(TurnRecovery))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        foreach (var jobId in context.GetInput<string[]>() ?? [])
        {
            var end = new TurnEnd(jobId, new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero));
            foreach (var granted in await context.Entities.CallEntityAsync<IReadOnlyList<string>>(JobGate.Id, nameof(JobGate.Leave), end))
            {
                context.SendEvent(granted, JobGate.TurnEvent, true);
            }
        }
    }
}
