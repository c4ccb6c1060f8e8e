namespace Orchestration.DiskImages.Sources;

/// <summary>A contiguous part of another source, such as a partition of a disk.</summary>
public sealed class SliceByteSource : IByteSource
{
    private readonly IByteSource _source;
    private readonly long _start;

    /// <param name="source">What it is a part of.</param>
    /// <param name="offset">First byte in <paramref name="source"/>.</param>
    /// <param name="length">Size in bytes.</param>
    /// <exception cref="DiskImageException">The range leaves <paramref name="source"/>.</exception>
    public SliceByteSource(IByteSource source, long offset, long length)
    {
        source.RequireInside(offset, length);
        _source = source;
        _start = offset;
        Length = length;
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        _source.Read(_start + offset, buffer);
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        var translated = new List<ByteRange>(ranges.Count);
        foreach (var range in ranges)
        {
            var inside = range.ClampTo(Length);
            if (inside.Length > 0)
            {
                translated.Add(inside with { Offset = _start + inside.Offset });
            }
        }

        _source.Prefetch(translated);
    }
}
