using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Mapping;

/// <summary>A virtual disk stored in blocks: those of the image over those of its parent over zeros. Thread-safe.</summary>
/// <param name="layer">Name of the format, for errors.</param>
/// <param name="source">Holds the blocks.</param>
/// <param name="length">Virtual size in bytes.</param>
/// <param name="map">Says where they are.</param>
internal sealed class MappedDisk(string layer, IByteSource source, long length, IBlockMap map) : IByteSource
{
    // Half of what readers of compressed blocks keep: what is decompressed ahead must still be there when its turn comes.
    private const int MostDecompressedAhead = 8 * 1024 * 1024;

    public long Length => length;

    /// <summary>What shows through where nothing is allocated. It may be shorter; what it lacks reads as zeros.</summary>
    public IByteSource? Parent { get; init; }

    /// <summary>Needed where the map knows compressed blocks.</summary>
    public ICompressedBlocks? Compressed { get; init; }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        var ahead = offset;
        while (!buffer.IsEmpty)
        {
            var run = map.Map(offset, buffer.Length);
            if (run.Kind == BlockKind.Compressed && offset >= ahead)
            {
                ahead = DecompressAhead(offset, buffer.Length);
            }

            var part = buffer[..(int)run.Length];
            switch (run.Kind)
            {
                case BlockKind.Data:
                    ReadData(run.Location, part);
                    break;
                case BlockKind.Compressed:
                    ReadCompressed(run.Location, offset, part);
                    break;
                case BlockKind.Zero:
                    part.Clear();
                    break;
                default:
                    ReadParent(offset, part);
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
        Hint.Give(() =>
        {
            map.PrefetchTables(inside);
            foreach (var range in inside)
            {
                Translate(range, stored, behind);
            }
        });

        source.Prefetch(stored);
        if (behind.Count > 0)
        {
            Parent?.Prefetch(behind);
        }
    }

    /// <summary>Decompresses the blocks of a long read side by side.</summary>
    /// <returns>The offset up to which that was done.</returns>
    private long DecompressAhead(long offset, long count)
    {
        var most = Compressed is null ? 0 : MostDecompressedAhead / Compressed.BlockSize;
        var blocks = new List<long>();
        var end = offset + count;
        while (offset < end && blocks.Count < most)
        {
            var run = map.Map(offset, end - offset);
            if (run.Kind != BlockKind.Compressed)
            {
                break;
            }

            blocks.Add(run.Location);
            offset += run.Length;
        }

        if (blocks.Count > 1)
        {
            Parallel.ForEach(blocks, TryDecompress);
        }

        return offset;
    }

    private void TryDecompress(long location)
    {
        try
        {
            Compressed?.Read(location);
        }
        catch (DiskImageException)
        {
            // The read that follows meets the same damage and says so.
        }
    }

    private void Translate(ByteRange range, List<ByteRange> stored, List<ByteRange> behind)
    {
        for (var offset = range.Offset; offset < range.End;)
        {
            var run = map.Map(offset, range.End - offset);
            if (run.Kind == BlockKind.Data)
            {
                stored.Add(new ByteRange(run.Location, run.Length));
            }
            else if (run.Kind == BlockKind.Compressed && Compressed is not null)
            {
                stored.Add(Compressed.Locate(run.Location));
            }
            else if (run.Kind == BlockKind.Unallocated)
            {
                behind.Add(new ByteRange(offset, run.Length));
            }

            offset += run.Length;
        }
    }

    private void ReadData(long location, Span<byte> part)
    {
        if (location > source.Length - part.Length)
        {
            throw Corrupt(location, $"{part.Length} bytes of a block go beyond the end of the image ({source.Length}): it is truncated");
        }

        source.Read(location, part);
    }

    private void ReadCompressed(long location, long offset, Span<byte> part)
    {
        if (Compressed is null)
        {
            throw Corrupt(location, "a compressed block in an image without compression");
        }

        var block = Compressed.Read(location);
        var within = (int)(offset % Compressed.BlockSize);
        if (block.Length - within < part.Length)
        {
            throw Corrupt(location, $"a compressed block holds {block.Length} bytes, expected at least {within + part.Length}");
        }

        block.AsSpan(within, part.Length).CopyTo(part);
    }

    private void ReadParent(long offset, Span<byte> part)
    {
        var available = (int)Math.Clamp((Parent?.Length ?? 0) - offset, 0, part.Length);
        if (available > 0)
        {
            Parent?.Read(offset, part[..available]);
        }

        part[available..].Clear();
    }

    private DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, layer, offset, rule);
}
