using Microsoft.Extensions.Logging;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;

namespace Orchestration.Functions.Control;

/// <summary>
/// Tells the activities of this process that their job was cancelled: at once where the request came to this process, else within
/// <see cref="PollInterval"/> and the time of one storage request. Steps that are over sooner cost no request. Safe for concurrent use.
/// </summary>
public sealed partial class CancellationWatcher(CancellationStore store, TimeProvider time, ILogger<CancellationWatcher> logger)
{
    /// <summary>How often the mark of a job at work is looked for.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    /// <summary>Watches a job until the watch is disposed. The steps of a job share one.</summary>
    public CancellationWatch Begin(string jobId)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(jobId, out var watch))
            {
                _watches[jobId] = watch = new Watch(time);
                _ = PollAsync(jobId, watch);
            }

            watch.Users++;
            return new CancellationWatch(() => End(jobId, watch), watch.Cancelled.Token);
        }
    }

    /// <summary>Stops what this process does for a job.</summary>
    public void Cancel(string jobId)
    {
        Watch? watch;
        lock (_gate)
        {
            _watches.TryGetValue(jobId, out watch);
        }

        // Outside the lock: whoever is cancelled may end its watch at once.
        watch?.Cancelled.Cancel();
    }

    private void End(string jobId, Watch watch)
    {
        lock (_gate)
        {
            if (--watch.Users > 0)
            {
                return;
            }

            _watches.Remove(jobId);
        }

        // The timer first: waiting for a tick that is cancelled would make an exception for every step there is.
        watch.Timer.Dispose();
        watch.Ended.Cancel();
    }

    private async Task PollAsync(string jobId, Watch watch)
    {
        try
        {
            while (await watch.Timer.WaitForNextTickAsync())
            {
                if (await IsMarkedAsync(jobId, watch.Ended.Token))
                {
                    await watch.Cancelled.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (watch.Ended.IsCancellationRequested)
        {
            // The last step of the job in this process has ended.
        }
    }

    private async Task<bool> IsMarkedAsync(string jobId, CancellationToken cancellationToken)
    {
        try
        {
            return await store.IsMarkedAsync(jobId, cancellationToken);
        }
        catch (Exception exception) when (StorageAccounts.IsFailure(exception))
        {
            // The next look may be luckier, and the step has a time limit all the same.
            LogNotSeen(logger, exception, jobId);
            return false;
        }
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Warning, Message = "Job {JobId}: whether it is cancelled could not be seen.")]
    private static partial void LogNotSeen(ILogger logger, Exception exception, string jobId);

    // The sources have no timers of their own, so nothing is left behind when they are not disposed; disposing could race with a cancellation.
    private sealed class Watch(TimeProvider time)
    {
        public PeriodicTimer Timer { get; } = new(PollInterval, time);

        public CancellationTokenSource Cancelled { get; } = new();

        public CancellationTokenSource Ended { get; } = new();

        public int Users { get; set; }
    }
}

/// <summary>One step's view of whether its job was cancelled. Dispose it when the step ends.</summary>
public sealed class CancellationWatch(Action end, CancellationToken token) : IDisposable
{
    /// <summary>Cancelled when the job is.</summary>
    public CancellationToken Token { get; } = token;

    public void Dispose() => end();
}
