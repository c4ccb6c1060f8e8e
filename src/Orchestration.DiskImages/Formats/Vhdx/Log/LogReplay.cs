using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx.Log;

/// <summary>
/// Replays the log of an image that was not closed, in memory. The active sequence is the run of entries with consecutive sequence numbers
/// that ends with the highest one and that holds that last entry's tail; its entries are applied from the tail on.
/// </summary>
internal static class LogReplay
{
    private const int MaximumLogLength = 32 * 1024 * 1024;
    private const int MaximumZeroings = 4096;
    private const long MaximumFileLength = 1L << 62;

    // Entries overlap only where one is the remains of an older, so that few bytes are checked twice. A hostile log has more.
    private const int MaximumOverlap = 8;

    /// <summary>The image as it is after the replay; null where there is nothing to replay.</summary>
    public static IByteSource? Run(IByteSource source, VhdxHeader header)
    {
        if (header.LogIdentifier == Guid.Empty || header.LogLength == 0)
        {
            return null;
        }

        if (header.LogLength > MaximumLogLength)
        {
            throw new DiskImageException(
                DiskImageError.LimitExceeded, VhdxFormat.Layer, header.LogOffset, $"the log to be replayed has {header.LogLength} bytes; at most {MaximumLogLength} are allowed");
        }

        if (header.LogLength % VhdxFormat.Megabyte != 0 || header.LogOffset < VhdxFormat.Megabyte || header.LogOffset > source.Length - header.LogLength)
        {
            throw VhdxFormat.Corrupt(header.LogOffset, $"the log has {header.LogLength} bytes, expected whole MiB after the first and inside the image ({source.Length})");
        }

        var log = source.ReadBytes(header.LogOffset, (int)header.LogLength);
        var sequence = FindActiveSequence(ReadEntries(log, header), log.Length);
        return sequence.Count == 0 ? null : Apply(source, sequence, header.LogOffset);
    }

    private static Dictionary<int, LogEntry> ReadEntries(byte[] log, VhdxHeader header)
    {
        var entries = new Dictionary<int, LogEntry>();
        var candidates = 0L;
        for (var start = 0; start < log.Length; start += LogEntry.Sector)
        {
            var length = LogEntry.MeasureCandidate(log, start, header.LogIdentifier);
            candidates += length;
            if (candidates > (long)log.Length * MaximumOverlap)
            {
                throw new DiskImageException(DiskImageError.LimitExceeded, VhdxFormat.Layer, header.LogOffset + start, "the entries of the log overlap too often");
            }

            if (length > 0 && LogEntry.Read(log, start, length) is { } entry)
            {
                entries[start] = entry;
            }
        }

        return entries;
    }

    private static List<LogEntry> FindActiveSequence(Dictionary<int, LogEntry> entries, int logLength)
    {
        foreach (var head in entries.Values.OrderByDescending(entry => entry.Sequence))
        {
            if (Collect(entries, head, logLength) is { } sequence)
            {
                return sequence;
            }
        }

        return [];
    }

    /// <summary>The entries from the head's tail to the head; null where that run is broken.</summary>
    private static List<LogEntry>? Collect(Dictionary<int, LogEntry> entries, LogEntry head, int logLength)
    {
        var sequence = new List<LogEntry>();
        for (var start = head.Tail; start < logLength && entries.TryGetValue((int)start, out var entry);)
        {
            if (sequence.Count > 0 && entry.Sequence != sequence[^1].Sequence + 1)
            {
                return null;
            }

            sequence.Add(entry);
            if (entry == head)
            {
                return sequence;
            }

            start = (uint)((entry.Start + entry.Length) % logLength);
        }

        return null;
    }

    private static ReplayedSource Apply(IByteSource source, List<LogEntry> sequence, long at)
    {
        var head = sequence[^1];
        if (head.FlushedFileLength > source.Length)
        {
            throw VhdxFormat.Corrupt(at, $"the image had {head.FlushedFileLength} bytes when its log was written, and has {source.Length}: it is truncated");
        }

        if (head.LastFileLength is < 0 or > MaximumFileLength)
        {
            throw VhdxFormat.Corrupt(at, $"the log makes the image {(ulong)head.LastFileLength} bytes long, expected at most {MaximumFileLength}");
        }

        var replayed = new ReplayedSource(source, Math.Max(source.Length, head.LastFileLength));
        var zeroings = 0;
        foreach (var write in sequence.SelectMany(entry => entry.Writes))
        {
            if (write.Sector is null && ++zeroings > MaximumZeroings)
            {
                throw new DiskImageException(DiskImageError.LimitExceeded, VhdxFormat.Layer, at, $"the log zeroes more than {MaximumZeroings} ranges");
            }

            replayed.Add(write);
        }

        return replayed;
    }
}
