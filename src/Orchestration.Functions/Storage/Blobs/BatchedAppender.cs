using Azure.Storage.Blobs.Specialized;

namespace Orchestration.Functions.Storage.Blobs;

/// <summary>
/// Adds lines to append blobs, each write with all lines that came while the one before was under way: under load a write serves hundreds
/// of callers, and alone nobody waits for company. Safe for concurrent use.
/// </summary>
public sealed class BatchedAppender
{
    // A block holds up to 4 MiB.
    private const int MostBytesInABatch = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, Pending> _pending = [];

    /// <summary>Adds a line, which must end with a line feed. It has been written when this ends.</summary>
    public Task AppendAsync(AppendBlobClient blob, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue(blob.Uri, out var pending))
            {
                _pending[blob.Uri] = pending = new Pending();
                _ = WriteAsync(blob, pending);
            }

            var entry = new Entry(line, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            pending.Lines.Enqueue(entry);
            return entry.Written.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task WriteAsync(AppendBlobClient blob, Pending pending)
    {
        // Off the caller's thread, which holds the lock.
        await Task.Yield();
        while (Take(blob.Uri, pending) is { Count: > 0 } batch)
        {
            try
            {
                await WriteAsync(blob, batch);
                batch.ForEach(entry => entry.Written.SetResult());
            }
#pragma warning disable CA1031 // Whatever went wrong is told to those whose lines were not written.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                batch.ForEach(entry => entry.Written.SetException(exception));
            }
        }
    }

    private List<Entry> Take(Uri blob, Pending pending)
    {
        lock (_gate)
        {
            var batch = new List<Entry>();
            for (var bytes = 0; bytes < MostBytesInABatch && pending.Lines.TryDequeue(out var entry); bytes += entry.Line.Length)
            {
                batch.Add(entry);
            }

            if (batch.Count == 0)
            {
                _pending.Remove(blob);
            }

            return batch;
        }
    }

    private static async Task WriteAsync(AppendBlobClient blob, List<Entry> batch)
    {
        using var lines = new MemoryStream();
        foreach (var entry in batch)
        {
            lines.Write(entry.Line.Span);
        }

        await blob.AppendAsync(lines, conditions: null, CancellationToken.None);
    }

    private sealed class Pending
    {
        public Queue<Entry> Lines { get; } = [];
    }

    private sealed record Entry(ReadOnlyMemory<byte> Line, TaskCompletionSource Written);
}
