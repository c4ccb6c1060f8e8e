using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Storage.Claims;

namespace Orchestration.Functions.Triggers.Timers;

/// <summary>Removes idempotency keys when their time is over: seven days, or the setting <c>Intake:IdempotencyRetentionHours</c>.</summary>
public sealed partial class IdempotencyRetention(IdempotencyKeys keys, ILogger<IdempotencyRetention> logger)
{
    [Function("RemoveOldIdempotencyKeys")]
    public async Task RunAsync([TimerTrigger("0 37 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var removed = await keys.RemoveExpiredAsync(cancellationToken);
        LogRemoved(logger, removed);
    }

    [LoggerMessage(EventId = 41, Level = LogLevel.Information, Message = "Removed {Count} idempotency keys.")]
    private static partial void LogRemoved(ILogger logger, int count);
}
