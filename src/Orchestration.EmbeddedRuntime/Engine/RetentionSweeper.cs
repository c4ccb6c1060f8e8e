using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>Removes ended instances once they have been kept as long as the options say.</summary>
internal sealed class RetentionSweeper
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly DurableEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<KeyValuePair<OrchestrationRuntimeStatus, TimeSpan>> _ages;

    /// <exception cref="InvalidOperationException">An age is negative, or is given for a status in which instances do not stay.</exception>
    public RetentionSweeper(
        DurableEngine engine,
        IDictionary<OrchestrationRuntimeStatus, TimeSpan> ages,
        TimeProvider time,
        ILogger logger)
    {
        _engine = engine;
        _time = time;
        _logger = logger;
        _ages = [.. ages];
        foreach ((OrchestrationRuntimeStatus status, TimeSpan age) in _ages)
        {
            if (age < TimeSpan.Zero || !new InstanceHandle(0, status).IsTerminal)
            {
                throw new InvalidOperationException(
                    $"{nameof(EmbeddedDurableOptions.Retention)} expects an age for Completed, Failed or Terminated, found {age} for {status}.");
            }
        }
    }

    /// <summary>Looks at once and then at least hourly, until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (_ages.Count == 0)
        {
            return;
        }

        TimeSpan shortestAge = _ages.Min(pair => pair.Value);
        TimeSpan pause = shortestAge < ShortestPause ? ShortestPause : shortestAge > LongestPause ? LongestPause : shortestAge;
        try
        {
            while (true)
            {
                await SweepAsync(stopping);
                await Task.Delay(pause, _time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next process goes on.
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            foreach ((OrchestrationRuntimeStatus status, TimeSpan age) in _ages)
            {
                DateTime now = _engine.Now;
                var old = new InstanceFilter
                {
                    Statuses = [status],
                    CompletedTo = now - DateTime.MinValue > age ? now - age : DateTime.MinValue,
                    Limit = DurableEngine.PurgeBatch,
                };
                PurgeResult purged = await _engine.PurgeAsync(old, recursive: false, deadline: null, stopping);
                if (purged.PurgedInstanceCount > 0)
                {
                    _logger.RetentionEnded(purged.PurgedInstanceCount, status, age);
                }
            }
        }
        catch (StoreException exception)
        {
            _logger.RetentionFailed(exception);
        }
    }
}
