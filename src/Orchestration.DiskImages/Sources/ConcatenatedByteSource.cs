namespace Orchestration.DiskImages.Sources;

/// <summary>Sources one after the other. Thread-safe as they are.</summary>
internal sealed class ConcatenatedByteSource : IByteSource
{
    private readonly IReadOnlyList<(IByteSource? Source, long Length)> _parts;
    private readonly long[] _starts;

    /// <param name="parts">The sources, each with the length that it has here, more than zero; null reads as zeros.</param>
    public ConcatenatedByteSource(IReadOnlyList<(IByteSource? Source, long Length)> parts)
    {
        _parts = parts;
        _starts = new long[parts.Count];
        foreach (var (index, part) in parts.Index())
        {
            _starts[index] = Length;
            Length += part.Length;
        }
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        for (var index = Find(offset); !buffer.IsEmpty; index++)
        {
            var within = offset - _starts[index];
            var part = buffer[..(int)Math.Min(buffer.Length, _parts[index].Length - within)];
            if (_parts[index].Source is { } source)
            {
                source.Read(within, part);
            }
            else
            {
                part.Clear();
            }

            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        for (var index = 0; index < _parts.Count; index++)
        {
            var start = _starts[index];
            var inside = ranges.Select(range => (range with { Offset = range.Offset - start }).ClampTo(_parts[index].Length)).Where(range => range.Length > 0).ToList();
            if (inside.Count > 0)
            {
                _parts[index].Source?.Prefetch(inside);
            }
        }
    }

    private int Find(long offset)
    {
        var index = Array.BinarySearch(_starts, offset);
        return index >= 0 ? index : ~index - 1;
    }
}
