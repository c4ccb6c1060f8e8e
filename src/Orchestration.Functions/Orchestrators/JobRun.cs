using System.Text.Json;
using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// One run of <see cref="JobOrchestrator"/>: validate, then attempts of stages of steps, then the result. Deterministic: every fact comes
/// from the context, its input or an activity.
/// </summary>
public sealed class JobRun
{
    private const int ValidatedPercent = 5;
    private const int StepsDonePercent = 90;

    // Outside causes (storage that does not answer, a worker that went away) usually pass within a minute.
    private static readonly TaskOptions RetryOutsideCauses = TaskOptions.FromRetryPolicy(
        new RetryPolicy(5, TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    private static readonly TimeSpan FirstAttemptDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaximumAttemptDelay = TimeSpan.FromMinutes(5);

    private readonly TaskOrchestrationContext _context;
    private readonly JobTicket _ticket;
    private readonly DateTimeOffset _startedAt;
    private readonly DateTimeOffset _endsAt;
    private JobStatus _status;
    private bool _timeIsUp;

    public JobRun(TaskOrchestrationContext context, JobTicket ticket)
    {
        _context = context;
        _ticket = ticket;
        _startedAt = Now;
        _endsAt = ticket.Deadline is { } deadline && deadline < _startedAt + ticket.Timeout ? deadline : _startedAt + ticket.Timeout;
        _status = JobStatus.Create(_startedAt) with { Attempt = ticket.FirstAttempt };
    }

    private DateTimeOffset Now => new(_context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <returns>The wire name of the state in which the job ended.</returns>
    public async Task<string> RunAsync()
    {
        Publish();
        var (plan, error) = await ValidateAsync();
        if (plan is not null)
        {
            error = await RunAttemptsAsync(plan);
        }

        return await FinishAsync(error);
    }

    private async Task<(JobPlan? Plan, JobError? Error)> ValidateAsync()
    {
        try
        {
            var validation = await _context.CallActivityAsync<Validation>(nameof(ValidateJob), _ticket.JobId, RetryOutsideCauses);
            if (validation.Plan is { } plan)
            {
                _status = _status.Report(Phases.Validation, ValidatedPercent);
                Change(JobState.Validated);
                return (plan, null);
            }

            return (null, validation.Error);
        }
        catch (TaskFailedException exception)
        {
            return (null, Describe(exception, Phases.Validation));
        }
    }

    private async Task<JobError?> RunAttemptsAsync(JobPlan plan)
    {
        var lastAttempt = Math.Max(_ticket.FirstAttempt, _ticket.MaxAttempts);
        var delay = FirstAttemptDelay;
        for (var attempt = _ticket.FirstAttempt; ; attempt++)
        {
            _status = _status with { Attempt = attempt };
            Change(JobState.Queued);
            var error = await RunAttemptAsync(plan);
            var mayRetry = error is { Recoverable: true, Code: not (ErrorCodes.Timeout or ErrorCodes.DeadlineExceeded) };
            if (!mayRetry || attempt >= lastAttempt || Now + delay >= _endsAt)
            {
                return error;
            }

            _status = _status with { Error = error };
            Change(JobState.Retrying, $"Attempt {attempt} failed with {error?.Code}.");
            await _context.CreateTimer(delay, CancellationToken.None);
            _status = _status with { Error = null };
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, MaximumAttemptDelay.Ticks));
        }
    }

    private async Task<JobError?> RunAttemptAsync(JobPlan plan)
    {
        if (Now >= _endsAt)
        {
            return TimedOut();
        }

        Change(JobState.Assigned);
        Change(JobState.Running);

        using var timerCancellation = new CancellationTokenSource();
        var timer = _context.CreateTimer(_endsAt.UtcDateTime, timerCancellation.Token);
        var work = RunStagesAsync(plan);
        if (await Task.WhenAny(work, timer) == timer)
        {
            // The steps know the time as well and stop themselves; what they still answer is not waited for, and leads nowhere.
            _timeIsUp = true;
            return TimedOut();
        }

        // A durable timer that is left running would keep the orchestration from completing.
        timerCancellation.Cancel();
        var error = await work;
        return error?.Code == ErrorCodes.Timeout ? TimedOut() : error;
    }

    private async Task<JobError?> RunStagesAsync(JobPlan plan)
    {
        var total = plan.Stages.Sum(stage => stage.Steps.Count);
        var done = 0;

        // Asked anew before each stage: answers may still come when nobody waits for them any more.
        foreach (var stage in plan.Stages.TakeWhile(_ => !_timeIsUp))
        {
            var running = stage.Steps.Select(RunStepAsync).ToList();
            _status = _status.Report(stage.Steps[0].Phase, _status.Percent);
            Publish();

            var outcomes = running.ToList();
            while (running.Count > 0)
            {
                var finished = await Task.WhenAny(running);
                running.Remove(finished);
                done++;
                if ((await finished).Error is null && !_timeIsUp)
                {
                    var phase = stage.Steps[outcomes.IndexOf(finished)].Phase;
                    var percent = ValidatedPercent + ((StepsDonePercent - ValidatedPercent) * done / total);
                    _status = _status.Report(phase, percent, $"{done} of {total} steps done");
                    Change(JobState.Progressing);
                }
            }

            // All steps of the stage have ended; the first error in the plan's order is reported, whichever came first in time.
            foreach (var outcome in outcomes)
            {
                if ((await outcome).Error is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    private async Task<StepOutcome> RunStepAsync(JobStep step)
    {
        var request = new StepRequest(_ticket.JobId, _status.Attempt, step.Id, step.Phase, _endsAt);
        try
        {
            return await _context.CallActivityAsync<StepOutcome>(nameof(RunStep), request, RetryOutsideCauses);
        }
        catch (TaskFailedException exception)
        {
            return new StepOutcome(Describe(exception, step.Phase));
        }
    }

    private async Task<string> FinishAsync(JobError? error)
    {
        _status = _status.Report(Phases.ResultGeneration, StepsDonePercent);
        Publish();

        var request = new ResultRequest(_ticket.JobId, _status.Attempt, _startedAt, error);
        try
        {
            error = (await _context.CallActivityAsync<ResultOutcome>(nameof(WriteResult), request, RetryOutsideCauses)).Error;
        }
        catch (TaskFailedException exception)
        {
            error ??= Describe(exception, Phases.ResultGeneration);
        }

        var state = JobStateMachine.FinalStateFor(error);
        _status = _status.Report(error?.Phase ?? Phases.Cleanup, error is null ? 100 : _status.Percent, error?.Message) with { Error = error };
        Change(state, error?.Code);
        return JobStateMachine.WireName(state);
    }

    private JobError TimedOut() => _ticket.Deadline is { } deadline && deadline <= _endsAt
        ? JobError.Create(ErrorCodes.DeadlineExceeded, $"The job's deadline, {deadline:O}, has passed.", _status.Phase)
        : JobError.Create(ErrorCodes.Timeout, $"The job did not end within {_ticket.Timeout.TotalSeconds} seconds.", _status.Phase);

    private static JobError Describe(TaskFailedException exception, string phase) =>
        JobError.Create(ErrorCodes.ExecutionError, exception.FailureDetails.ErrorMessage, phase);

    private void Change(JobState state, string? reason = null)
    {
        _status = _status.Change(state, Now, reason);
        Publish();
    }

    private void Publish()
    {
        _status = StatusLimit.Fit(_status);
        _context.SetCustomStatus(JsonSerializer.SerializeToElement(_status, ProtocolJson.Options));
    }
}
