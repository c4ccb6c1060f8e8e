using System.Globalization;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Access;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;

namespace Orchestration.Functions.Retention;

/// <summary>Removes the days of the audit log whose time is over, the oldest first.</summary>
public sealed partial class AuditRetention(StorageAccounts accounts, IOptions<RetentionOptions> options, TimeProvider time, ILogger<AuditRetention> logger)
{
    /// <summary>Removes them.</summary>
    /// <returns>How many days were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AuditDays == 0)
        {
            return 0;
        }

        var oldest = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-options.Value.AuditDays);
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        var removed = 0;
        var days = container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", AuditLog.Prefix, cancellationToken);
        await foreach (var day in days.Where(item => item.IsPrefix).Select(item => item.Prefix).WithCancellation(cancellationToken))
        {
            // What is no day is not this log's.
            if (DateOnly.TryParseExact(day[AuditLog.Prefix.Length..].TrimEnd('/'), AuditLog.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < oldest)
            {
                await container.RemoveAllAsync(day, cancellationToken);
                removed++;
            }
        }

        if (removed > 0)
        {
            LogRemoved(logger, removed, options.Value.AuditDays);
        }

        return removed;
    }

    [LoggerMessage(EventId = 81, Level = LogLevel.Information, Message = "Removed {Count} days of the audit log, which is kept for {Days}.")]
    private static partial void LogRemoved(ILogger logger, int count, int days);
}
