using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Orchestration.Functions.Orchestrators;

/// <summary>The life of a job, from its claim to its result. Knows no operation by name.</summary>
public static class JobOrchestrator
{
    [Function(nameof(JobOrchestrator))]
    public static async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var ticket = context.GetInput<JobTicket>()
            ?? throw new InvalidOperationException("The job orchestrator was started without a job.");
        using var run = new JobRun(context, ticket);
        return await run.RunAsync();
    }
}
