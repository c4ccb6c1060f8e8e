using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>Reads the bytes of files: blocks one after the other, of which the last may be the tail in a fragment shared with other files. Thread-safe.</summary>
internal sealed class FileContent(SquashFsVolume volume, InodeTable inodes)
{
    private const int FragmentLength = 16;
    private const int MostBlocks = 4 << 20;
    private const int CachedBlocks = 1 << 20;

    private readonly LookupTable _fragments = new(volume, volume.Superblock.FragmentTable, volume.Superblock.FragmentCount, FragmentLength, "fragment");
    private readonly BoundedCache<ulong, StoredBlock[]> _blocks = new(CachedBlocks, blocks => blocks.Length);

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the file.</summary>
    public void Read(SquashFsInode file, long offset, Span<byte> buffer)
    {
        var end = offset + buffer.Length;
        var blocks = GetBlocks(file);
        var (first, after) = SpanOf(blocks, offset, end);
        if (after - first > 1)
        {
            volume.Source.Prefetch(Locate(blocks, first, after));
        }

        for (var start = offset; start < end;)
        {
            var index = start / volume.Superblock.BlockSize;
            var within = (int)(start % volume.Superblock.BlockSize);
            var part = buffer[(int)(start - offset)..];
            part = part[..Math.Min(part.Length, volume.Superblock.BlockSize - within)];
            if (index < blocks.Length)
            {
                ReadBlock(file, blocks[index], within, part);
            }
            else
            {
                ReadTail(file, within, part);
            }

            start += part.Length;
        }
    }

    /// <summary>Where the first <paramref name="maximumBytes"/> of the file lie.</summary>
    public IEnumerable<ByteRange> Locate(SquashFsInode file, long maximumBytes)
    {
        var blocks = GetBlocks(file);
        var (first, after) = SpanOf(blocks, 0, Math.Min(file.Size, maximumBytes));
        var ranges = Locate(blocks, first, after);
        return file.Fragment is { } fragment && maximumBytes > (long)blocks.Length * volume.Superblock.BlockSize
            ? [.. ranges, ToRange(ReadFragment(fragment))]
            : ranges;
    }

    // The last block holds less where the file ends in it; what the stored block lacks otherwise is damage.
    private void ReadBlock(SquashFsInode file, StoredBlock block, int within, Span<byte> part)
    {
        if (block.IsHole)
        {
            part.Clear();
            return;
        }

        var content = volume.ReadData(block);
        Require(file, block, content, within + (long)part.Length);
        content.AsSpan(within, part.Length).CopyTo(part);
    }

    private void ReadTail(SquashFsInode file, int within, Span<byte> part)
    {
        var fragment = ReadFragment(file.Fragment ?? throw SquashFsVolume.Corrupt(file.At, $"inode {file.Number} has fewer blocks than bytes"));
        var content = volume.ReadData(fragment);
        Require(file, fragment, content, file.Offset + (long)within + part.Length);
        content.AsSpan(file.Offset + within, part.Length).CopyTo(part);
    }

    private static void Require(SquashFsInode file, StoredBlock block, byte[] content, long length)
    {
        if (length > content.Length)
        {
            throw SquashFsVolume.Corrupt(block.Offset, $"a block of inode {file.Number} holds {content.Length} bytes, expected {length}");
        }
    }

    private StoredBlock ReadFragment(uint index)
    {
        var entry = _fragments.Read(index);
        return new StoredBlock(BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(8)));
    }

    private StoredBlock[] GetBlocks(SquashFsInode file) => _blocks.GetOrAdd(file.Reference, _ => ReadBlocks(file));

    private StoredBlock[] ReadBlocks(SquashFsInode file)
    {
        var count = file.Size / volume.Superblock.BlockSize + (file.Fragment is null && file.Size % volume.Superblock.BlockSize != 0 ? 1 : 0);
        if (count > MostBlocks)
        {
            throw SquashFsVolume.LimitExceeded(file.At, $"inode {file.Number} has {count} blocks; at most {MostBlocks} are read");
        }

        // A list and not an array, so that a file that only claims to be large takes no more memory than its sizes are stored.
        var blocks = new List<StoredBlock>();
        var reader = inodes.OpenAt(file.Rest.Block, file.Rest.Offset);
        for (var offset = file.Start; blocks.Count < count;)
        {
            var block = new StoredBlock(offset, reader.ReadUInt32());
            blocks.Add(block);
            offset = unchecked(offset + block.Length);
        }

        return [.. blocks];
    }

    private (int First, int After) SpanOf(StoredBlock[] blocks, long offset, long end)
    {
        var span = ExtentContent.SpanOf(offset, end, volume.Superblock.BlockSize);
        return ((int)Math.Min(span.First, blocks.Length), (int)Math.Min(span.End, blocks.Length));
    }

    // Blocks lie one after the other, so that one range covers them all.
    private static ByteRange[] Locate(StoredBlock[] blocks, int first, int after) => first < after
        ? [new ByteRange(blocks[first].Offset, blocks[after - 1].Offset + blocks[after - 1].Length - blocks[first].Offset)]
        : [];

    private static ByteRange ToRange(StoredBlock block) => new(block.Offset, block.Length);
}
