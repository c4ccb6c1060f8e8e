namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A clock that stands still until a test moves it. Timers fire on the thread that moves it. Safe for concurrent use.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = start;

    /// <summary>Whether somebody waits for a timer.</summary>
    public bool HasTimer
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count > 0;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until somebody waits for a timer.</summary>
    public async Task WaitForTimerAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!HasTimer)
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    /// <summary>Moves the clock to the next timer and fires it, once somebody has set one.</summary>
    /// <returns>The new time.</returns>
    public async Task<DateTimeOffset> MoveToNextTimerAsync()
    {
        await WaitForTimerAsync();
        Timer? next;
        lock (_lock)
        {
            next = _timers.MinBy(timer => timer.Due);
            if (next is not null)
            {
                _timers.Remove(next);
                _now = next.Due > _now ? next.Due : _now;
            }
        }

        next?.Fire();
        return GetUtcNow();
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
