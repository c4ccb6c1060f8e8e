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

    /// <summary>How far the attempt is.</summary>
    public PlanProgress Progress { get; } = new(plan);

    /// <summary>The outputs of light steps, which are no checkpoints; null for none.</summary>
    public IReadOnlyDictionary<string, Checkpoint>? Carried => _carried;

    /// <summary>From now on, what steps still answer leads nowhere.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Runs the steps of a stage, or those of them that were refused before.</summary>
    public async Task<StageEnd> RunAsync(IReadOnlyList<JobStep> steps)
    {
        var outcomes = steps.Select(RunStepAsync).ToList();
        board.Note(status => status.Report(steps[0].Phase, status.Percent));
        board.Publish();

        var running = outcomes.ToList();
        while (running.Count > 0)
        {
            var finished = await Task.WhenAny(running);
            running.Remove(finished);
            var outcome = await finished;
            if (outcome.Refusal is not null)
            {
                continue;
            }

            Progress.StepEnded();
            if (outcome.Error is null && !_abandoned)
            {
                Note(steps[outcomes.IndexOf(finished)], outcome, isLast: running.Count == 0);
            }
        }

        var refused = new List<JobStep>();
        string? refusal = null;
        foreach (var (index, ended) in outcomes.Index())
        {
            var outcome = await ended;
            if (outcome.Error is { } error)
            {
                // A step may see that the job is cancelled, or that its time is up, before the orchestration does.
                return new StageEnd(error.Code is ErrorCodes.Timeout && signals.Interruption is { } interruption ? interruption : error, [], null);
            }

            if (outcome.Refusal is not null)
            {
                refused.Add(steps[index]);
                refusal ??= outcome.Refusal;
            }
        }

        return new StageEnd(Error: null, refused, refusal);
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
        try
        {
            return await context.CallActivityAsync<StepOutcome>(nameof(RunStep), request, OutsideCauses.Retry);
        }
        catch (TaskFailedException exception)
        {
            return new StepOutcome(OutsideCauses.Describe(exception, step.Phase));
        }
    }
}

/// <param name="Error">Of the steps that failed, the first one's error in the plan's order, whichever came first in time; null where none did.</param>
/// <param name="Refused">The steps that came to workers that must not run them, and are still to be run.</param>
/// <param name="Refusal">What the first of those workers said.</param>
public sealed record StageEnd(JobError? Error, IReadOnlyList<JobStep> Refused, string? Refusal);
