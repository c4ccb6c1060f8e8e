using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators.Waits;

/// <summary>Waits for the jobs that a job depends on, which are looked after at growing intervals.</summary>
/// <param name="context">The job's orchestration.</param>
/// <param name="board">Told what is waited for.</param>
/// <param name="signals">What may end the wait.</param>
public sealed class DependencyWait(TaskOrchestrationContext context, JobBoard board, JobSignals signals)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Waits until the others have ended.</summary>
    /// <returns>Why the job must not run; null where it may.</returns>
    public async Task<JobError?> RunAsync()
    {
        for (var delay = FirstDelay; ; delay = delay < LongestDelay ? 2 * delay : delay)
        {
            DependencyCheck check;
            try
            {
                check = await context.CallActivityAsync<DependencyCheck>(nameof(CheckDependencies), context.InstanceId, OutsideCauses.Retry);
            }
            catch (TaskFailedException exception)
            {
                return OutsideCauses.Describe(exception, Phases.Validation);
            }

            if (check.Error is not null || check.Waiting.Count == 0)
            {
                return check.Error;
            }

            board.Wait(WaitReasons.Dependencies, $"{check.Waiting.Count} jobs that this one depends on have not ended; the first is '{check.Waiting[0]}'.");
            using var cancellation = new CancellationTokenSource();
            var interruption = await signals.WaitIdleAsync(context.CreateTimer(context.CurrentUtcDateTime + delay, cancellation.Token));
            cancellation.Cancel();
            if (interruption is { Code: not ErrorCodes.Cancelled })
            {
                // A job can only time out once it is in the queue.
                board.Change(JobState.Queued);
            }

            if (interruption is not null)
            {
                return interruption;
            }
        }
    }
}
