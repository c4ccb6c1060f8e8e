using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;

namespace Orchestration.Functions.Access;

/// <summary>
/// Who did what, and who tried: append blobs <c>state/audit/{day}/{time}-{process}.jsonl</c>, a line a request, of an hour or
/// <see cref="LinesPerBlob"/> lines each. Nobody of this app changes or reads them, and <see cref="Retention.AuditRetention"/> removes them. Safe for concurrent use.
/// </summary>
public sealed partial class AuditLog(StorageAccounts accounts, BatchedAppender appender, TimeProvider time, ILogger<AuditLog> logger)
{
    /// <summary>What the names of its blobs begin with, in the container <c>state</c>; a day follows.</summary>
    internal const string Prefix = "audit/";

    internal const string DayFormat = "yyyy-MM-dd";

    /// <summary>Most lines of a blob.</summary>
    public const int LinesPerBlob = 10_000;

    // Whoever tries keys must not fill the storage.
    private const int MostRefusalsAMinute = 300;

    private readonly Lock _gate = new();
    private readonly SegmentNames _names = new(
        LinesPerBlob, time, (now, process) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{now.ToString(DayFormat, CultureInfo.InvariantCulture)}/{now:HHmmssfff}-{process}.jsonl"));

    private DateTimeOffset _minuteEnds;
    private int _refusals;

    /// <summary>Writes an entry. It is stored when this ends, unless the storage does not answer, which is logged.</summary>
    /// <param name="entry">What was done.</param>
    /// <param name="isRefused">Whether it was not done; of more than 300 of these a minute, the rest is counted in the log only.</param>
    public async Task WriteAsync(AuditEntry entry, bool isRefused)
    {
        if (isRefused && !MayWriteRefusal())
        {
            return;
        }

        using var line = new MemoryStream();
        JsonSerializer.Serialize(line, entry, ProtocolJson.Options);
        line.WriteByte((byte)'\n');
        try
        {
            var container = await accounts.GetContainerAsync(Containers.State, CancellationToken.None);
            await appender.AppendAsync(container.GetAppendBlobClient(_names.Next()), line.ToArray(), CancellationToken.None);
        }
        catch (Exception exception) when (StorageAccounts.IsFailure(exception))
        {
            LogNotWritten(logger, exception, entry.Key, entry.Action, entry.JobId, entry.Status);
        }
    }

    private bool MayWriteRefusal()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now >= _minuteEnds)
            {
                if (_refusals > MostRefusalsAMinute)
                {
                    LogLeftOut(logger, _refusals - MostRefusalsAMinute);
                }

                (_minuteEnds, _refusals) = (now.AddMinutes(1), 0);
            }

            return ++_refusals <= MostRefusalsAMinute;
        }
    }

    [LoggerMessage(EventId = 70, Level = LogLevel.Error, Message = "The audit log could not be written: key {Key}, {Action}, job {JobId}, status {Status}.")]
    private static partial void LogNotWritten(ILogger logger, Exception exception, string? key, string action, string? jobId, int status);

    [LoggerMessage(EventId = 71, Level = LogLevel.Warning, Message = "{Count} refused requests of a minute were left out of the audit log.")]
    private static partial void LogLeftOut(ILogger logger, int count);
}

/// <param name="At">When it was answered, in UTC.</param>
/// <param name="Key">The name of the key; null for one that is not known.</param>
/// <param name="Namespace">The namespace that the key is bound to.</param>
/// <param name="Action">The function that was asked.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="JobId">The job, where it was about one.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="From">The sender's address, as far as it is seen: behind a proxy, the proxy's.</param>
public sealed record AuditEntry(
    DateTimeOffset At, string? Key, string? Namespace, string Action, string Method, string? JobId, int Status, string? From)
{
    internal static AuditEntry Of(HttpContext http, DateTimeOffset at, Caller? caller, string action, string? jobId, int status) =>
        new(at, caller?.Name, caller?.Namespace, action, http.Request.Method, jobId, status, http.Connection.RemoteIpAddress?.ToString());
}
