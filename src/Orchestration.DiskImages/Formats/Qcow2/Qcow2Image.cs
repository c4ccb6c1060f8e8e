using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>The virtual disk of a qcow2 image: its clusters over those of the backing file over zeros. Thread-safe.</summary>
internal sealed class Qcow2Image : IByteSource
{
    private readonly IByteSource _source;
    private readonly IByteSource? _backing;
    private readonly ClusterMap _map;
    private readonly CompressedClusters _compressed;

    public Qcow2Image(IByteSource source, Qcow2Header header, IByteSource? backing)
    {
        _source = source;
        _backing = backing;
        _map = new ClusterMap(source, header);
        _compressed = new CompressedClusters(source, header);
        Length = header.VirtualSize;
        ClusterMask = header.ClusterSize - 1;
    }

    public long Length { get; }

    private int ClusterMask { get; }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            var run = _map.Map(offset, buffer.Length);
            var part = buffer[..(int)run.Length];
            switch (run.Kind)
            {
                case ClusterKind.Data:
                    ReadData(run.Location, part);
                    break;
                case ClusterKind.Compressed:
                    var cluster = _compressed.Read(run.Location, _map.LocateCompressed(run.Location));
                    cluster.AsSpan((int)(offset & ClusterMask), part.Length).CopyTo(part);
                    break;
                case ClusterKind.Zero:
                    part.Clear();
                    break;
                default:
                    ReadBacking(offset, part);
                    break;
            }

            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        var inside = ranges.Select(range => range.ClampTo(Length)).Where(range => range.Length > 0).ToList();
        var stored = new List<ByteRange>();
        var behind = new List<ByteRange>();
        try
        {
            _map.PrefetchTables(inside);
            foreach (var range in inside)
            {
                Translate(range, stored, behind);
            }
        }
        catch (DiskImageException)
        {
            // A hint never fails; the read that follows meets the same damage and says so.
        }

        _source.Prefetch(stored);
        if (behind.Count > 0)
        {
            _backing?.Prefetch(behind);
        }
    }

    private void Translate(ByteRange range, List<ByteRange> stored, List<ByteRange> behind)
    {
        for (var offset = range.Offset; offset < range.End;)
        {
            var run = _map.Map(offset, range.End - offset);
            if (run.Kind == ClusterKind.Data)
            {
                stored.Add(new ByteRange(run.Location, run.Length));
            }
            else if (run.Kind == ClusterKind.Compressed)
            {
                stored.Add(_map.LocateCompressed(run.Location));
            }
            else if (run.Kind == ClusterKind.Unallocated)
            {
                behind.Add(new ByteRange(offset, run.Length));
            }

            offset += run.Length;
        }
    }

    private void ReadData(long location, Span<byte> part)
    {
        if (location > _source.Length - part.Length)
        {
            throw Qcow2Header.Corrupt(location, $"{part.Length} bytes of a cluster go beyond the end of the image ({_source.Length}): it is truncated");
        }

        _source.Read(location, part);
    }

    // A backing file may be shorter than the image that rests on it; what it lacks reads as zeros.
    private void ReadBacking(long offset, Span<byte> part)
    {
        var available = (int)Math.Clamp((_backing?.Length ?? 0) - offset, 0, part.Length);
        if (available > 0)
        {
            _backing?.Read(offset, part[..available]);
        }

        part[available..].Clear();
    }
}
