namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>What a timer is for.</summary>
/// <param name="Instance">The instance's key.</param>
/// <param name="Task">
/// The orchestration's timer, the sequence number of the entity's message, or one of the engine's own purposes, which are negative.
/// </param>
internal readonly record struct TimerKey(long Instance, long Task)
{
    public const int ScheduledStart = -1;
    public const int TurnRetry = -2;
}

/// <summary>All timers of the engine over one timer of the time provider. Safe for concurrent use.</summary>
internal sealed class TimerScheduler : IDisposable
{
    // The system's timers have an upper bound; a longer wait is taken in steps.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ITimer _alarm;
    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = [];
    private readonly Dictionary<TimerKey, Entry> _byKey = [];
    private bool _isDisposed;

    public TimerScheduler(TimeProvider time)
    {
        _time = time;
        _alarm = time.CreateTimer(_ => RunDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs an action once the time has come, never earlier; replaces what this key had.</summary>
    /// <param name="key">What the timer is for.</param>
    /// <param name="due">The time, in UTC.</param>
    /// <param name="action">Must be short: all timers share a thread.</param>
    public void Add(TimerKey key, DateTime due, Action action)
    {
        lock (_lock)
        {
            if (_byKey.Remove(key, out Entry? replaced))
            {
                _entries.Remove(replaced);
            }

            var entry = new Entry(due, key, action);
            _byKey.Add(key, entry);
            _entries.Add(entry);
            if (_entries.Min == entry)
            {
                Arm();
            }
        }
    }

    public void Remove(TimerKey key)
    {
        lock (_lock)
        {
            if (_byKey.Remove(key, out Entry? entry))
            {
                _entries.Remove(entry);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _alarm.Dispose();
        }
    }

    private void RunDue()
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            DateTime now = _time.GetUtcNow().UtcDateTime;
            while (_entries.Min is { } next && next.Due <= now)
            {
                _entries.Remove(next);
                _byKey.Remove(next.Key);
                due.Add(next);
            }

            Arm();
        }

        foreach (Entry entry in due)
        {
            entry.Action();
        }
    }

    private void Arm()
    {
        if (_isDisposed || _entries.Min is not { } next)
        {
            return;
        }

        TimeSpan wait = next.Due - _time.GetUtcNow().UtcDateTime;
        // Whole milliseconds are what system timers count; rounding up keeps them from ringing early.
        double milliseconds = Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 0, LongestWait.TotalMilliseconds));
        _alarm.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private sealed record Entry(DateTime Due, TimerKey Key, Action Action) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) => other is null
            ? 1
            : (Due, Key.Instance, Key.Task).CompareTo((other.Due, other.Key.Instance, other.Key.Task));
    }
}
