using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>Runs the stages of one attempt: the steps of a stage side by side, and each end of one as progress.</summary>
/// <param name="context">The job's orchestration.</param>
/// <param name="board">Told of progress.</param>
/// <param name="signals">Know when the job's time is up.</param>
/// <param name="plan">What is run.</param>
public sealed class StageRun(TaskOrchestrationContext context, JobBoard board, JobSignals signals, JobPlan plan)
{
    private Dictionary<string, Checkpoint>? _carried;
    private bool _abandoned;
    private Action? _stopWaiting;

    /// <summary>How far the attempt is.</summary>
    public PlanProgress Progress { get; } = new(plan);

    /// <summary>The outputs of light steps, which are no checkpoints; null for none.</summary>
    public IReadOnlyDictionary<string, Checkpoint>? Carried => _carried;

    /// <summary>From now on, what steps still answer leads nowhere.</summary>
    public void Abandon()
    {
        _abandoned = true;

        // A durable timer that is left running would keep the orchestration from completing.
        _stopWaiting?.Invoke();
    }

    /// <summary>Runs a stage.</summary>
    /// <returns>Of the steps that failed, the first one's error in the plan's order, whichever came first in time; null where none did.</returns>
    public async Task<JobError?> RunAsync(JobStage stage)
    {
        var outcomes = stage.Steps.Select(RunStepAsync).ToList();
        board.Note(status => status.Report(stage.Steps[0].Phase, status.Percent));
        board.Publish();

        var running = outcomes.ToList();
        while (running.Count > 0)
        {
            var finished = await Task.WhenAny(running);
            running.Remove(finished);
            Progress.StepEnded();
            var outcome = await finished;
            if (outcome.Error is null && !_abandoned)
            {
                Note(stage.Steps[outcomes.IndexOf(finished)], outcome, isLast: running.Count == 0);
            }
        }

        foreach (var ended in outcomes)
        {
            if ((await ended).Error is { } error)
            {
                // A step may see that the job is cancelled, or that its time is up, before the orchestration does.
                return error.Code is ErrorCodes.Timeout && signals.Interruption is { } interruption ? interruption : error;
            }
        }

        return null;
    }

    private void Note(JobStep step, StepOutcome outcome, bool isLast)
    {
        if (outcome.Carried is { } carried)
        {
            (_carried ??= new(StringComparer.Ordinal))[step.Id] = carried;
        }

        board.Note(status => status.Report(step.Phase, Progress.Percent, $"{Progress.Ended} of {Progress.Total} steps done"));
        board.Change(JobState.Progressing);
        if (!isLast)
        {
            board.Publish();
        }
    }

    private async Task<StepOutcome> RunStepAsync(JobStep step)
    {
        var request = new StepRequest(
            context.InstanceId, board.Status.Attempt, step.Id, step.Phase, signals.EndsAt, step.Light, board.Status.Percent);
        var wait = new WorkerWait(context, board);
        using var cancellation = new CancellationTokenSource();
        _stopWaiting += cancellation.Cancel;
        try
        {
            while (true)
            {
                try
                {
                    return await context.CallActivityAsync<StepOutcome>(nameof(RunStep), request, OutsideCauses.Retry);
                }
                catch (TaskFailedException exception) when (OutsideCauses.IsMismatch(exception) && !_abandoned)
                {
                    if (!await wait.RunAsync(exception.FailureDetails.ErrorMessage, cancellation.Token))
                    {
                        return new StepOutcome(OutsideCauses.Describe(exception, step.Phase));
                    }
                }
            }
        }
        catch (TaskFailedException exception)
        {
            return new StepOutcome(OutsideCauses.Describe(exception, step.Phase));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new StepOutcome(JobError.Create(ErrorCodes.Cancelled, "The job went on without the step.", step.Phase));
        }
        finally
        {
            _stopWaiting -= cancellation.Cancel;
        }
    }
}
