using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Reading;

namespace Orchestration.EmbeddedRuntime.Engine.Activities;

/// <summary>A sign of life that an activity gave.</summary>
internal sealed record Heartbeat(DateTime At, string? Progress);

/// <summary>An activity from its call to its end. Safe for concurrent use.</summary>
internal sealed class OpenActivity(OpenAction<TaskScheduled> call)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;
    private DateTime? _startedAt;
    private bool _isCancelled;

    public OpenAction<TaskScheduled> Call => call;

    /// <summary>Since when it has been running; null: it waits.</summary>
    public DateTime? StartedAt
    {
        get
        {
            lock (_lock)
            {
                return _startedAt;
            }
        }
    }

    /// <summary>The last sign of life; null: none yet.</summary>
    public Heartbeat? LastHeartbeat { get; set; }

    /// <summary>Takes note that it runs from now on.</summary>
    /// <param name="cancellation">To be cancelled when it is; it must live until <see cref="End"/>.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <returns>False when it was cancelled while it waited: then it is not to be run.</returns>
    public bool TryBegin(CancellationTokenSource cancellation, DateTime now)
    {
        lock (_lock)
        {
            if (_isCancelled)
            {
                return false;
            }

            _running = cancellation;
            _startedAt = now;
            return true;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _running = null;
        }
    }

    public void Cancel()
    {
        lock (_lock)
        {
            _isCancelled = true;
            // Callbacks on the token are the activity's own code: they must not run on the caller's thread.
            _ = _running?.CancelAsync();
        }
    }
}
