using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx.Log;

/// <summary>A file with the writes of a log over it. Thread-safe once all writes are added.</summary>
/// <param name="source">The file as it is stored.</param>
/// <param name="length">Its length after the replay, which may be more.</param>
internal sealed class ReplayedSource(IByteSource source, long length) : IByteSource
{
    private readonly Dictionary<long, byte[]> _sectors = [];
    private readonly List<ByteRange> _zeros = [];

    public long Length => length;

    /// <summary>Adds a write that comes after those before it.</summary>
    public void Add(LogWrite write)
    {
        if (write.Sector is not null)
        {
            _sectors[write.Offset] = write.Sector;
            return;
        }

        var zeros = new ByteRange(write.Offset, write.Length);
        foreach (var offset in _sectors.Keys.Where(offset => offset >= zeros.Offset && offset < zeros.End).ToList())
        {
            _sectors.Remove(offset);
        }

        _zeros.Add(zeros);
    }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        var available = (int)Math.Clamp(source.Length - offset, 0, buffer.Length);
        source.Read(Math.Min(offset, source.Length), buffer[..available]);
        buffer[available..].Clear();

        // Sectors that a later zeroing covers are gone already, so that all zeros come first.
        foreach (var zeros in _zeros)
        {
            var start = Math.Max(zeros.Offset, offset);
            var end = Math.Min(zeros.End, offset + buffer.Length);
            if (start < end)
            {
                buffer[(int)(start - offset)..(int)(end - offset)].Clear();
            }
        }

        for (var at = offset / LogEntry.Sector * LogEntry.Sector; at < offset + buffer.Length; at += LogEntry.Sector)
        {
            if (_sectors.TryGetValue(at, out var sector))
            {
                var start = Math.Max(at, offset);
                var end = Math.Min(at + LogEntry.Sector, offset + buffer.Length);
                sector.AsSpan((int)(start - at), (int)(end - start)).CopyTo(buffer[(int)(start - offset)..]);
            }
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges) => source.Prefetch(ranges);
}
