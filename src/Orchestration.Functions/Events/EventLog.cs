using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
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

    /// <summary>Reads the events of a job.</summary>
    public async Task<EventLogReader> OpenAsync(string jobId, CancellationToken cancellationToken) => new(await GetBlobAsync(jobId, cancellationToken));

    /// <summary>The events of a job, in order and numbered; null where it has no log.</summary>
    public async Task<IReadOnlyList<ProgressEvent>?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(jobId, cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.Events;
    }

    public async Task RemoveAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private async Task<AppendBlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetAppendBlobClient($"events/{jobId}.jsonl");
}

/// <summary>A line of the log.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Key">The same for an event that is told twice; null for events that are told once.</param>
public sealed record LoggedEvent(ProgressEvent Event, string? Key);
