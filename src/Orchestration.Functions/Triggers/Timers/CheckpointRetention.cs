using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Storage;

namespace Orchestration.Functions.Triggers.Timers;

/// <summary>Removes checkpoints when their time is over: seven days, or the setting <c>Checkpoints:RetentionDays</c>.</summary>
public sealed partial class CheckpointRetention(
    CheckpointStore checkpoints, IConfiguration configuration, TimeProvider time, ILogger<CheckpointRetention> logger)
{
    private const int DefaultRetentionDays = 7;

    [Function("RemoveOldCheckpoints")]
    public async Task RunAsync([TimerTrigger("0 17 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var days = configuration.GetValue("Checkpoints:RetentionDays", DefaultRetentionDays);
        var removed = await checkpoints.RemoveOlderThanAsync(time.GetUtcNow().AddDays(-days), cancellationToken);
        LogRemoved(logger, removed, days);
    }

    [LoggerMessage(EventId = 40, Level = LogLevel.Information, Message = "Removed {Count} checkpoints older than {Days} days.")]
    private static partial void LogRemoved(ILogger logger, int count, int days);
}
