using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Workers;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// One run of <see cref="JobOrchestrator"/>: validate, then attempts of stages of steps, then the result, which is written however the
/// job ended. Deterministic: every fact comes from the context, its input or an activity.
/// </summary>
public sealed class JobRun(TaskOrchestrationContext context, JobTicket ticket) : IDisposable
{
    private const int ValidatedPercent = 5;
    private const int StepsDonePercent = 90;

    // Outside causes (storage that does not answer, a worker that went away) usually pass within a minute.
    private static readonly TaskOptions RetryOutsideCauses = TaskOptions.FromRetryPolicy(
        new RetryPolicy(5, TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    private static readonly TimeSpan FirstDependencyDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDependencyDelay = TimeSpan.FromMinutes(1);

    private readonly JobBoard _board = new(context, ticket.FirstAttempt);
    private readonly JobSignals _signals = new(context, ticket);
    private readonly DateTimeOffset _startedAt = new(context.CurrentUtcDateTime, TimeSpan.Zero);
    private bool _interrupted;
    private bool _attemptsUsedUp;

    // A log holds every change of state, and deliveries are events after the last one.
    private bool _logsEvents = ticket.HasWebhooks;
    private Dictionary<string, Checkpoint>? _carried;
    private JobTurn _turn = new(context, ticket, limit: null);

    private JobStatus Status => _board.Status;

    /// <returns>The wire name of the state in which the job ended.</returns>
    public async Task<string> RunAsync()
    {
        var (plan, error) = await ValidateAsync();
        if (plan is not null)
        {
            error = await WaitForDependenciesAsync() ?? await RunAttemptsAsync(plan);
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
            var validation = await context.CallActivityAsync<Validation>(nameof(ValidateJob), new ValidationRequest(ticket.JobId, ticket.IndexSegment), RetryOutsideCauses);
            if (validation.Plan is { } plan)
            {
                _board.Note(status => status.Report(Phases.Validation, ValidatedPercent));
                _board.Change(JobState.Validated);
                _turn = new JobTurn(context, ticket, validation.MaximumConcurrent);
                return (plan, null);
            }

            return (null, validation.Error);
        }
        catch (TaskFailedException exception)
        {
            return (null, Describe(exception, Phases.Validation));
        }
    }

    private async Task<JobError?> WaitForDependenciesAsync()
    {
        for (var delay = FirstDependencyDelay; ticket.HasDependencies; delay = delay < LongestDependencyDelay ? 2 * delay : delay)
        {
            DependencyCheck check;
            try
            {
                check = await context.CallActivityAsync<DependencyCheck>(nameof(CheckDependencies), ticket.JobId, RetryOutsideCauses);
            }
            catch (TaskFailedException exception)
            {
                return Describe(exception, Phases.Validation);
            }

            if (check.Error is not null || check.Waiting.Count == 0)
            {
                return check.Error;
            }

            _board.Wait(WaitReasons.Dependencies, $"{check.Waiting.Count} jobs that this one depends on have not ended; the first is '{check.Waiting[0]}'.");
            using var cancellation = new CancellationTokenSource();
            var interruption = await _signals.WaitIdleAsync(context.CreateTimer(context.CurrentUtcDateTime + delay, cancellation.Token));
            cancellation.Cancel();
            if (interruption is { Code: ErrorCodes.Cancelled })
            {
                return interruption;
            }

            if (interruption is not null)
            {
                // A job can only time out once it is in the queue.
                _board.Change(JobState.Queued);
                return interruption;
            }
        }

        return null;
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
        _carried = null;
        await LogEventsAsync();
        var progress = new PlanProgress(plan);
        foreach (var stage in plan.Stages)
        {
            var work = RunStageAsync(stage, progress);
            if (await _signals.WaitAsync(work) is { } stopped)
            {
                // The steps learn of it as well and stop themselves; what they still answer is not waited for, and leads nowhere.
                _interrupted = true;
                return stopped;
            }

            if (await work is { } error)
            {
                return error;
            }

            // A stage's steps have their checkpoints, so between stages nothing is lost by waiting.
            if (!progress.Done && (await PauseIfAskedAsync() ?? await TakeTurnAsync()) is { } ended)
            {
                return ended;
            }
        }

        return null;
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

    private async Task<JobError?> RunStageAsync(JobStage stage, PlanProgress progress)
    {
        var running = stage.Steps.Select(RunStepAsync).ToList();
        _board.Note(status => status.Report(stage.Steps[0].Phase, status.Percent));
        _board.Publish();

        var outcomes = running.ToList();
        while (running.Count > 0)
        {
            var finished = await Task.WhenAny(running);
            running.Remove(finished);
            progress.StepEnded();
            var outcome = await finished;
            if (outcome.Error is null && !_interrupted)
            {
                var (id, phase, _) = stage.Steps[outcomes.IndexOf(finished)];
                if (outcome.Carried is { } carried)
                {
                    (_carried ??= new(StringComparer.Ordinal))[id] = carried;
                }

                var percent = ValidatedPercent + ((StepsDonePercent - ValidatedPercent) * progress.Ended / progress.Total);
                _board.Note(status => status.Report(phase, percent, $"{progress.Ended} of {progress.Total} steps done"));
                _board.Change(JobState.Progressing);
                if (running.Count > 0)
                {
                    _board.Publish();
                }
            }
        }

        // All steps of the stage have ended; the first error in the plan's order is reported, whichever came first in time.
        foreach (var ended in outcomes)
        {
            if ((await ended).Error is { } error)
            {
                // A step may see that the job is cancelled, or that its time is up, before the orchestration does.
                return error.Code is ErrorCodes.Timeout && _signals.Interruption is { } interruption ? interruption : error;
            }
        }

        return null;
    }

    private async Task<StepOutcome> RunStepAsync(JobStep step)
    {
        var request = new StepRequest(ticket.JobId, Status.Attempt, step.Id, step.Phase, _signals.EndsAt, step.Light, Status.Percent);
        try
        {
            return await context.CallActivityAsync<StepOutcome>(nameof(RunStep), request, RetryOutsideCauses);
        }
        catch (TaskFailedException exception)
        {
            return new StepOutcome(Describe(exception, step.Phase));
        }
    }

    private async Task<string> FinishAsync(JobError? error)
    {
        error = error is { Phase: null } ? error with { Phase = Status.Phase } : error;
        _board.Note(status => status.Report(Phases.ResultGeneration, StepsDonePercent) with { Waiting = null });
        _board.Publish();

        var isDeadLetter = _attemptsUsedUp && ticket.MaxAttempts > 1;
        var request = new ResultRequest(
            ticket.JobId, Status.Attempt, _startedAt, error, _carried, _logsEvents ? _board.TakeUnlogged() : null, isDeadLetter, ticket.IndexSegment);
        try
        {
            error = (await context.CallActivityAsync<ResultOutcome>(nameof(WriteResult), request, RetryOutsideCauses)).Error;
        }
        catch (TaskFailedException exception)
        {
            error ??= Describe(exception, Phases.ResultGeneration);
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
            await context.CallActivityAsync(nameof(StartWebhooks), ticket.JobId, RetryOutsideCauses);
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
            await context.CallActivityAsync(nameof(RecordEvents), _board.TakeUnlogged(), RetryOutsideCauses);
        }
        catch (TaskFailedException)
        {
            // A job must not fail because nobody can be told how far it is.
        }
    }

    private static JobError Describe(TaskFailedException exception, string phase) =>
        JobError.Create(
            exception.FailureDetails.ErrorType == typeof(WorkerMismatchException).FullName ? ErrorCodes.NoMatchingWorker : ErrorCodes.ExecutionError,
            exception.FailureDetails.ErrorMessage,
            phase);
}
