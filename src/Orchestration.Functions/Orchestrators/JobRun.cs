using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators.Waits;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// One run of <see cref="JobOrchestrator"/>: validate, then attempts of stages of steps, then the result, which is written however the
/// job ended. Deterministic: every fact comes from the context, its input or an activity.
/// </summary>
public sealed class JobRun(TaskOrchestrationContext context, JobTicket ticket) : IDisposable
{
    private readonly JobBoard _board = new(context, ticket.FirstAttempt);
    private readonly JobSignals _signals = new(context, ticket);
    private readonly DateTimeOffset _startedAt = new(context.CurrentUtcDateTime, TimeSpan.Zero);
    private bool _attemptsUsedUp;
    private StageRun? _stages;
    private WorkerWait? _workerWait;

    // A log holds every change of state, and deliveries are events after the last one.
    private bool _logsEvents = ticket.HasWebhooks;
    private JobTurn _turn = new(context, ticket, limit: null);

    private JobStatus Status => _board.Status;

    /// <returns>The wire name of the state in which the job ended.</returns>
    public async Task<string> RunAsync()
    {
        var (plan, error) = await ValidateAsync();
        if (plan is not null)
        {
            error = ticket.HasDependencies ? await new DependencyWait(context, _board, _signals).RunAsync() : null;
            error ??= await RunAttemptsAsync(plan);
        }

        await _turn.LeaveAsync();

        // Before the result, which may take long to write when the storage does not answer.
        _signals.Dispose();
        return await FinishAsync(error);
    }

    public void Dispose() => _signals.Dispose();

    private async Task<(JobPlan? Plan, JobError? Error)> ValidateAsync()
    {
        try
        {
            var validation = await context.CallActivityAsync<Validation>(nameof(ValidateJob), new ValidationRequest(ticket.JobId, ticket.IndexSegment), OutsideCauses.Retry);
            if (validation.Plan is { } plan)
            {
                _board.Note(status => status.Report(Phases.Validation, PlanProgress.Validated));
                _board.Change(JobState.Validated);
                _turn = new JobTurn(context, ticket, validation.MaximumConcurrent);
                return (plan, null);
            }

            return (null, validation.Error);
        }
        catch (TaskFailedException exception)
        {
            return (null, OutsideCauses.Describe(exception, Phases.Validation));
        }
    }

    private async Task<JobError?> RunAttemptsAsync(JobPlan plan)
    {
        _logsEvents = ticket.HasWebhooks || !plan.IsLight();
        var lastAttempt = Math.Max(ticket.FirstAttempt, ticket.MaxAttempts);
        for (var attempt = ticket.FirstAttempt; ; attempt++)
        {
            _board.Note(status => status with { Attempt = attempt });
            _board.Change(JobState.Queued);
            var error = await PauseIfAskedAsync() ?? await TakeTurnAsync() ?? await RunAttemptAsync(plan);
            var mayRetry = error is { Recoverable: true, Code: not (ErrorCodes.Timeout or ErrorCodes.DeadlineExceeded) };
            _attemptsUsedUp = mayRetry && attempt >= lastAttempt;
            var delay = RetryDelay.After(ticket.JobId, attempt - ticket.FirstAttempt + 1);
            if (!mayRetry || _attemptsUsedUp || context.CurrentUtcDateTime + delay >= _signals.EndsAt.UtcDateTime)
            {
                return error;
            }

            await _turn.LeaveAsync();
            _board.Note(status => status with { Error = error });
            _board.Change(JobState.Retrying, $"Attempt {attempt} failed with {error?.Code}.");
            _board.Wait(WaitReasons.RetryDelay, $"Attempt {attempt + 1} follows in {delay.TotalSeconds:0.#} seconds.");
            await LogEventsAsync();
            if (await _signals.DelayAsync(delay) is { Code: ErrorCodes.Cancelled } cancelled)
            {
                return cancelled;
            }

            // Time that is up is noticed in the queue: a job cannot time out between attempts.
            _board.Note(status => status with { Error = null });
        }
    }

    private async Task<JobError?> RunAttemptAsync(JobPlan plan)
    {
        if (_signals.Interruption is { } interruption)
        {
            return interruption;
        }

        _board.Change(JobState.Assigned);
        _board.Change(JobState.Running);
        var stages = _stages = new StageRun(context, _board, _signals, plan);
        await LogEventsAsync();
        foreach (var stage in plan.Stages)
        {
            if (await RunStageAsync(stages, stage) is { } error)
            {
                return error;
            }

            // A stage's steps have their checkpoints, so between stages nothing is lost by waiting.
            if (!stages.Progress.Done && (await PauseIfAskedAsync() ?? await TakeTurnAsync()) is { } ended)
            {
                return ended;
            }
        }

        return null;
    }

    private async Task<JobError?> RunStageAsync(StageRun stages, JobStage stage)
    {
        for (var steps = stage.Steps; ;)
        {
            var mark = _signals.Mark();
            var work = stages.RunAsync(steps);
            if (await _signals.WaitAsync(work) is { } stopped)
            {
                // The steps learn of it as well and stop themselves; what they still answer is not waited for, and leads nowhere.
                stages.Abandon();
                return stopped;
            }

            var end = await work;
            if (end.Error is not null || end.Refusal is not { } refusal)
            {
                return end.Error;
            }

            if (await WaitForWorkerAsync(refusal, end.Refused[0].Phase, end.Refused.Count == steps.Count ? mark : _signals.Mark()) is { } stuck)
            {
                return stuck;
            }

            steps = end.Refused;
        }
    }

    /// <param name="refusal">What the last worker said.</param>
    /// <param name="phase">The phase of the step that it was said of.</param>
    /// <param name="mark">Since when nothing was done for the job, however long it took to be told so.</param>
    private async Task<JobError?> WaitForWorkerAsync(string refusal, string phase, (DateTimeOffset At, TimeSpan Idle) mark)
    {
        _signals.DisregardSince(mark);

        // Others may have the turn meanwhile.
        await _turn.LeaveAsync();
        _workerWait ??= new WorkerWait(context, _board, _signals);
        if (await _workerWait.RunAsync(refusal, phase) is { } stuck)
        {
            return stuck;
        }

        _signals.DisregardSince(mark);
        return await PauseIfAskedAsync() ?? await TakeTurnAsync();
    }

    private async Task<JobError?> PauseIfAskedAsync()
    {
        if (!_signals.TakePause())
        {
            return null;
        }

        _board.Wait(WaitReasons.Paused, "The job was paused; it goes on when it is resumed.");
        await _turn.LeaveAsync();
        await LogEventsAsync();
        var interruption = await _signals.WaitIdleAsync(_signals.WaitForResumeAsync());
        _board.Wait(null);
        return interruption;
    }

    private async Task<JobError?> TakeTurnAsync()
    {
        var interruption = await _turn.TakeAsync(_signals, async reason =>
        {
            _board.Wait(WaitReasons.ConcurrencyLimit, reason);
            await LogEventsAsync();
        });
        if (Status.Waiting is not null)
        {
            _board.Wait(null);
        }

        return interruption;
    }

    private async Task<string> FinishAsync(JobError? error)
    {
        error = error is { Phase: null } ? error with { Phase = Status.Phase } : error;
        _board.Note(status => status.Report(Phases.ResultGeneration, error is null ? PlanProgress.StepsDone : status.Percent) with { Waiting = null });
        _board.Publish();

        var isDeadLetter = _attemptsUsedUp && ticket.MaxAttempts > 1;
        var request = new ResultRequest(
            ticket.JobId, Status.Attempt, _startedAt, error, _stages?.Carried, _logsEvents ? _board.TakeUnlogged() : null, isDeadLetter, ticket.IndexSegment);
        try
        {
            error = (await context.CallActivityAsync<ResultOutcome>(nameof(WriteResult), request, OutsideCauses.Retry)).Error;
        }
        catch (TaskFailedException exception)
        {
            error ??= OutsideCauses.Describe(exception, Phases.ResultGeneration);
        }

        var state = JobStateMachine.FinalStateFor(error);
        _board.Note(status => status.Report(error?.Phase ?? Phases.Cleanup, error is null ? 100 : status.Percent, error?.Message) with { Error = error });
        if (isDeadLetter)
        {
            _board.Change(JobState.Retrying, $"All {ticket.MaxAttempts} attempts are used up.");
            state = JobState.DeadLettered;
        }

        _board.Change(state, error?.Code);
        _board.Publish();
        await StartWebhooksAsync();
        return JobStateMachine.WireName(state);
    }

    /// <summary>Once the job is seen to have ended, because whoever is told may ask at once.</summary>
    private async Task StartWebhooksAsync()
    {
        if (!ticket.HasWebhooks)
        {
            return;
        }

        try
        {
            await context.CallActivityAsync(nameof(StartWebhooks), ticket.JobId, OutsideCauses.Retry);
        }
        catch (TaskFailedException)
        {
            // A job must not fail because nobody can be told of it.
        }
    }

    /// <summary>Tells the event log what the status says already. A job with only light steps has no log: its status is all there is to tell.</summary>
    private async Task LogEventsAsync()
    {
        if (!_logsEvents)
        {
            return;
        }

        _board.Publish();
        try
        {
            await context.CallActivityAsync(nameof(RecordEvents), _board.TakeUnlogged(), OutsideCauses.Retry);
        }
        catch (TaskFailedException)
        {
            // A job must not fail because nobody can be told how far it is.
        }
    }
}
