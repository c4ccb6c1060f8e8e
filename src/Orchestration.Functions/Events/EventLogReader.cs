using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;

namespace Orchestration.Functions.Events;

/// <summary>Reads the log of one job, and then what was added to it: each byte is fetched once. Not safe for concurrent use.</summary>
/// <param name="blob">The log.</param>
public sealed class EventLogReader(BlobBaseClient blob)
{
    private readonly List<ProgressEvent> _events = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private DateTimeOffset _createdOn;
    private long _position;
    private int _percent;

    /// <summary>What has been read, in order and numbered; null where the job has no log.</summary>
    public IReadOnlyList<ProgressEvent>? Events => _position == 0 ? null : _events;

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether there was any. A job that runs again has a log that begins anew.</returns>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadOnAsync(cancellationToken) ?? await ReadAnewAsync(cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            var had = _position > 0;
            Forget();
            return had;
        }
    }

    /// <returns>Whether there was anything new; null where the log is not the one that was read before.</returns>
    private async Task<bool?> ReadOnAsync(CancellationToken cancellationToken)
    {
        if (_position == 0)
        {
            return null;
        }

        try
        {
            // With the last byte that is known, which every log that goes on from there has.
            var options = new BlobDownloadOptions { Range = new HttpRange(_position - 1) };
            var content = (await blob.DownloadContentAsync(options, cancellationToken)).Value;
            var bytes = content.Content.ToMemory();
            return content.Details.CreatedOn == _createdOn && bytes.Span[0] == '\n' ? Take(bytes[1..]) : null;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return null;
        }
    }

    private async Task<bool> ReadAnewAsync(CancellationToken cancellationToken)
    {
        var content = (await blob.DownloadContentAsync(cancellationToken)).Value;
        Forget();
        _createdOn = content.Details.CreatedOn;
        return Take(content.Content.ToMemory());
    }

    private bool Take(ReadOnlyMemory<byte> rest)
    {
        var before = _position;
        while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var logged = JsonSerializer.Deserialize<LoggedEvent>(rest.Span[..end], ProtocolJson.Options);
            rest = rest[(end + 1)..];
            _position += end + 1;

            // An activity that is run again after a crash tells the same again.
            if (logged is not null && (logged.Key is null || _keys.Add(logged.Key)))
            {
                _percent = Math.Max(_percent, logged.Event.ProgressPercent ?? 0);
                _events.Add(logged.Event with
                {
                    Sequence = _events.Count,
                    ProgressPercent = logged.Event.ProgressPercent is null ? null : _percent,
                });
            }
        }

        return _position > before;
    }

    private void Forget()
    {
        _events.Clear();
        _keys.Clear();
        (_position, _percent) = (0, 0);
    }
}
