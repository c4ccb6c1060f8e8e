using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>A volume whose bytes are spread over members. Thread-safe as they are.</summary>
/// <param name="members">The members; the layout leads to none that is null.</param>
/// <param name="layout">Says where what is.</param>
internal sealed class StripedByteSource(IReadOnlyList<IByteSource?> members, IStripeLayout layout) : IByteSource
{
    // A hint about very much in very small stripes is not worth its bookkeeping.
    private const int MaximumPrefetchedRuns = 64 * 1024;

    public long Length => layout.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            var run = layout.Locate(offset);
            var part = buffer[..(int)Math.Min(buffer.Length, run.Length)];
            Member(run.Member).Read(run.Offset, part);
            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        var wanted = new List<ByteRange>[members.Count];
        var runs = 0;
        foreach (var range in ranges.Select(range => range.ClampTo(Length)))
        {
            for (var offset = range.Offset; offset < range.End && runs++ < MaximumPrefetchedRuns;)
            {
                var run = layout.Locate(offset);
                var length = Math.Min(run.Length, range.End - offset);
                Append(wanted[run.Member] ??= [], new ByteRange(run.Offset, length));
                offset += length;
            }
        }

        for (var member = 0; member < wanted.Length; member++)
        {
            if (wanted[member] is { } list)
            {
                Member(member).Prefetch(list);
            }
        }
    }

    private static void Append(List<ByteRange> list, ByteRange range)
    {
        if (list.Count > 0 && list[^1].End == range.Offset)
        {
            list[^1] = list[^1] with { Length = list[^1].Length + range.Length };
        }
        else
        {
            list.Add(range);
        }
    }

    private IByteSource Member(int number) =>
        members[number] ?? throw new InvalidOperationException($"The layout leads to member {number}, which is missing.");
}
