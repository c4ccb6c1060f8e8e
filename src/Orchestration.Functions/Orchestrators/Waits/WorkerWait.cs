using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators.Waits;

/// <summary>
/// A job's waits for a worker that may run its steps, with growing pauses: nobody can call one, but one that was away may come back, or have room again.
/// That time is not the job's own, and has a bound of its own.
/// </summary>
/// <param name="context">The job's orchestration.</param>
/// <param name="board">Told why the job waits.</param>
/// <param name="signals">What may end a wait.</param>
public sealed class WorkerWait(TaskOrchestrationContext context, JobBoard board, JobSignals signals)
{
    /// <summary>The longest that a job waits for workers, all its waits together.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private TimeSpan _pause = TimeSpan.FromSeconds(1);
    private TimeSpan _left = Longest;

    /// <summary>Waits until steps that were refused are worth another try.</summary>
    /// <param name="refusal">What the last worker said.</param>
    /// <param name="phase">The phase of the step that it was said of.</param>
    /// <returns>Why the job may not go on; null where it is worth a try.</returns>
    public async Task<JobError?> RunAsync(string refusal, string phase)
    {
        WorkerCheck check;
        try
        {
            check = await context.CallActivityAsync<WorkerCheck>(nameof(CheckWorkers), context.InstanceId, OutsideCauses.Retry);
        }
        catch (TaskFailedException exception)
        {
            return OutsideCauses.Describe(exception, phase);
        }

        if (check.Mismatch is not null)
        {
            return JobError.Create(ErrorCodes.NoMatchingWorker, refusal, phase);
        }

        if (_left <= TimeSpan.Zero)
        {
            return JobError.Create(ErrorCodes.NoMatchingWorker, $"No worker that may run the job took it within {Longest.TotalHours:0} hours. {refusal}", phase);
        }

        board.Wait(WaitReasons.Worker, $"No worker that may run the job has taken it yet. {refusal}");
        using var cancellation = new CancellationTokenSource();
        var interruption = await signals.WaitIdleAsync(context.CreateTimer(context.CurrentUtcDateTime + _pause, cancellation.Token));
        cancellation.Cancel();
        board.Wait(null);
        _left -= _pause;
        _pause = _pause < LongestPause ? 2 * _pause : _pause;
        return interruption;
    }
}
