using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// A step's wait for a worker that may run it, with growing pauses: nobody can call one, but one that was away may come back, or have room again.
/// Meanwhile the job's time goes on.
/// </summary>
/// <param name="context">The job's orchestration.</param>
/// <param name="board">Told why the job waits.</param>
public sealed class WorkerWait(TaskOrchestrationContext context, JobBoard board)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private TimeSpan _pause = TimeSpan.FromSeconds(15);

    /// <summary>Waits until the step is worth another try.</summary>
    /// <param name="refusal">What the last worker said.</param>
    /// <param name="cancellationToken">Cancelled when the job does not go on.</param>
    /// <returns>False where no worker is known that may run it.</returns>
    public async Task<bool> RunAsync(string refusal, CancellationToken cancellationToken)
    {
        var check = await context.CallActivityAsync<WorkerCheck>(nameof(CheckWorkers), context.InstanceId, OutsideCauses.Retry);
        if (check.Mismatch is not null)
        {
            return false;
        }

        board.Wait(WaitReasons.Worker, $"No worker that may run the job has taken it yet. {refusal}");
        await context.CreateTimer(context.CurrentUtcDateTime + _pause, cancellationToken);
        board.Wait(null);
        _pause = _pause < LongestPause ? 2 * _pause : _pause;
        return true;
    }
}
