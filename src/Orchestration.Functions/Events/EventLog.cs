using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;

namespace Orchestration.Functions.Events;

/// <summary>
/// What happened to jobs: an append blob a job, a line an event. The order of the lines is the order of the events, whichever machine
/// wrote them, so an event's place is its sequence number. A log is bounded: progress is dropped when it is full, changes of state are not.
/// </summary>
public sealed class EventLog(StorageAccounts accounts)
{
    /// <summary>Bytes after which progress is dropped.</summary>
    public const long MaximumProgressBytes = 1024 * 1024;

    private const long MaximumBytes = 2 * MaximumProgressBytes;

    /// <summary>Adds events, all or none of them.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="events">In order; their sequence numbers are not looked at.</param>
    /// <param name="isProgress">Whether they may be dropped.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task AppendAsync(string jobId, IReadOnlyList<LoggedEvent> events, bool isProgress, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        using var lines = new MemoryStream();
        foreach (var logged in events)
        {
            JsonSerializer.Serialize(lines, logged, ProtocolJson.Options);
            lines.WriteByte((byte)'\n');
        }

        var blob = await GetBlobAsync(jobId, cancellationToken);
        var conditions = new AppendBlobRequestConditions { IfMaxSizeLessThanOrEqual = isProgress ? MaximumProgressBytes : MaximumBytes };
        try
        {
            await blob.AppendAsync(lines, conditions, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.MaxBlobSizeConditionNotMet)
        {
            // The log is full.
        }
    }

    /// <summary>The events of a job, in order and numbered; null where it has no log.</summary>
    public async Task<IReadOnlyList<ProgressEvent>?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        try
        {
            var content = await blob.DownloadContentAsync(cancellationToken);
            return Number(content.Value.Content);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    public async Task RemoveAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private static List<ProgressEvent> Number(BinaryData content)
    {
        var events = new List<ProgressEvent>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var percent = 0;
        var rest = content.ToMemory();
        while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var logged = JsonSerializer.Deserialize<LoggedEvent>(rest.Span[..end], ProtocolJson.Options);
            rest = rest[(end + 1)..];

            // An activity that is run again after a crash tells the same again.
            if (logged is not null && (logged.Key is null || keys.Add(logged.Key)))
            {
                percent = Math.Max(percent, logged.Event.ProgressPercent ?? 0);
                events.Add(logged.Event with
                {
                    Sequence = events.Count,
                    ProgressPercent = logged.Event.ProgressPercent is null ? null : percent,
                });
            }
        }

        return events;
    }

    private async Task<AppendBlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetAppendBlobClient($"events/{jobId}.jsonl");
}

/// <summary>A line of the log.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Key">The same for an event that is told twice; null for events that are told once.</param>
public sealed record LoggedEvent(ProgressEvent Event, string? Key);
