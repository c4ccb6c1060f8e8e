using Microsoft.DurableTask;
using Orchestration.Protocol;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// What reaches a job from outside while it runs: that it is cancelled, paused or resumed, and that its time is up. Deterministic, as
/// everything of an orchestrator.
/// </summary>
public sealed class JobSignals : IDisposable
{
    /// <summary>The event that cancels a job; its payload is a <see cref="Cancellation"/>.</summary>
    public const string CancelEvent = "cancel";

    /// <summary>The event that pauses a job (<c>true</c>) or lets it go on (<c>false</c>).</summary>
    public const string PauseEvent = "pause";

    private readonly TaskOrchestrationContext _context;
    private readonly JobTicket _ticket;
    private readonly DateTimeOffset _startedAt;
    private readonly Task<Cancellation> _cancelled;
    private Task<bool> _pauseChanged;
    private TimeSpan _idle;
    private CancellationTokenSource? _timerCancellation;
    private Task? _timer;

    public JobSignals(TaskOrchestrationContext context, JobTicket ticket)
    {
        _context = context;
        _ticket = ticket;
        _startedAt = Now;
        _cancelled = context.WaitForExternalEvent<Cancellation>(CancelEvent);
        _pauseChanged = context.WaitForExternalEvent<bool>(PauseEvent);
    }

    /// <summary>When the job's time is up. Time in which it had to wait for others, or was paused, does not count against its timeout.</summary>
    public DateTimeOffset EndsAt
    {
        get
        {
            var timeout = _startedAt + _ticket.Timeout + _idle;
            return _ticket.Deadline is { } deadline && deadline < timeout ? deadline : timeout;
        }
    }

    /// <summary>Why the job must not go on; null where it may.</summary>
    public JobError? Interruption
    {
        get
        {
            if (_cancelled.IsCompleted)
            {
                var cancellation = _cancelled.Result;
                var by = cancellation.By is { } name ? $" by {name}" : "";
                return JobError.Create(ErrorCodes.Cancelled, $"The job was cancelled{by}{(cancellation.Reason is { } reason ? $": {reason}" : ".")}", phase: null);
            }

            // A timer may be a moment early by this machine's clock.
            var timeIsUp = Now >= EndsAt || _timer is { IsCompletedSuccessfully: true };
            return !timeIsUp ? null : _ticket.Deadline is { } deadline && deadline <= EndsAt
                ? JobError.Create(ErrorCodes.DeadlineExceeded, $"The job's deadline, {deadline:O}, has passed.", phase: null)
                : JobError.Create(ErrorCodes.Timeout, $"The job did not end within {_ticket.Timeout.TotalSeconds} seconds.", phase: null);
        }
    }

    private DateTimeOffset Now => new(_context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>Waits for work, but no longer than the job may go on.</summary>
    /// <returns>Why it may not; null where the work has ended.</returns>
    public async Task<JobError?> WaitAsync(Task work)
    {
        await Task.WhenAny(work, _cancelled, Timer());
        return work.IsCompleted ? null : Interruption;
    }

    /// <summary>Waits for a time.</summary>
    /// <returns>Why the job may not go on; null where it may.</returns>
    public async Task<JobError?> DelayAsync(TimeSpan delay)
    {
        using var cancellation = new CancellationTokenSource();
        var interruption = await WaitAsync(_context.CreateTimer(_context.CurrentUtcDateTime + delay, cancellation.Token));
        cancellation.Cancel();
        return interruption;
    }

    /// <summary>Waits for what others decide; the time until then is not the job's.</summary>
    /// <returns>Why the job may not go on; null where the wait has ended.</returns>
    public async Task<JobError?> WaitIdleAsync(Task work)
    {
        var began = Now;
        StopTimer();
        using var cancellation = new CancellationTokenSource();
        List<Task> races = [work, _cancelled];
        if (_ticket.Deadline is { } deadline)
        {
            races.Add(_context.CreateTimer(deadline.UtcDateTime, cancellation.Token));
        }

        await Task.WhenAny(races);
        cancellation.Cancel();
        _idle += Now - began;
        return Interruption;
    }

    /// <summary>Marks a moment from which on the time may turn out not to be the job's.</summary>
    public (DateTimeOffset At, TimeSpan Idle) Mark() => (Now, _idle);

    /// <summary>Counts nothing since a mark as the job's time.</summary>
    public void DisregardSince((DateTimeOffset At, TimeSpan Idle) mark)
    {
        _idle = mark.Idle + (Now - mark.At);
        StopTimer();
    }

    /// <summary>Whether the job is to pause now.</summary>
    public bool TakePause()
    {
        var paused = false;
        while (_pauseChanged.IsCompleted)
        {
            paused = _pauseChanged.Result;
            _pauseChanged = _context.WaitForExternalEvent<bool>(PauseEvent);
        }

        return paused;
    }

    /// <summary>Ends when the job may go on after a pause.</summary>
    public async Task WaitForResumeAsync()
    {
        while (await _pauseChanged)
        {
            _pauseChanged = _context.WaitForExternalEvent<bool>(PauseEvent);
        }

        _pauseChanged = _context.WaitForExternalEvent<bool>(PauseEvent);
    }

    /// <summary>Stops the timer: a durable timer that is left running would keep the orchestration from completing.</summary>
    public void Dispose() => StopTimer();

    private Task Timer()
    {
        if (_timer is null)
        {
            _timerCancellation = new CancellationTokenSource();
            _timer = _context.CreateTimer(EndsAt.UtcDateTime, _timerCancellation.Token);
        }

        return _timer;
    }

    private void StopTimer()
    {
        _timerCancellation?.Cancel();
        _timerCancellation?.Dispose();
        _timerCancellation = null;
        _timer = null;
    }
}

/// <param name="By">Who asked for it, where that is known.</param>
/// <param name="Reason">Why, where that was said.</param>
/// <param name="At">When, in UTC.</param>
public sealed record Cancellation(string? By, string? Reason, DateTimeOffset At);
