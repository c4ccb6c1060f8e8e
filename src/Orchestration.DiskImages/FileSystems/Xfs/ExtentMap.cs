using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>Maps the blocks of a fork, from its list of extents or its B+tree of them (bmbt). Thread-safe.</summary>
internal sealed class ExtentMap(XfsVolume volume)
{
    private const int RecordLength = 16;
    private const int KeyLength = 8;
    private const int PointerLength = 8;
    private const int RootHeaderLength = 4;
    private const int MaximumLevels = 9;

    /// <summary>A node of the tree and the first block of the file that it covers.</summary>
    private readonly record struct Child(ulong FirstBlock, ulong Pointer);

    private int HeaderLength => volume.Superblock.IsVersion5 ? 72 : 24;

    private uint Magic => volume.Superblock.IsVersion5 ? 0x424d4133 : 0x424d4150u;

    /// <summary>The written runs of the fork within <paramref name="wanted"/>, in order, by blocks counted from the start of the volume.</summary>
    public List<FileExtent> Map(XfsInode inode, InodeFork fork, BlockSpan wanted)
    {
        var extents = new List<FileExtent>();
        if (fork.Format == ForkFormat.Extents)
        {
            if (fork.ExtentCount > (ulong)(fork.Area.Length / RecordLength))
            {
                throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has {fork.ExtentCount} extents in a fork of {fork.Area.Length} bytes");
            }

            long end = 0;
            AddRecords(fork.Area[..((int)fork.ExtentCount * RecordLength)], wanted, inode.Offset, ref end, extents);
        }
        else if (fork.Format == ForkFormat.Tree)
        {
            var (level, children) = ReadRoot(inode, fork, wanted);
            MapChildren(inode, children, level, wanted, extents);
        }
        else
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has a fork of format {fork.Format} where extents are expected");
        }

        return extents;
    }

    /// <summary>Where the blocks lie that are just below the root of the fork's tree and are needed for <paramref name="wanted"/>.</summary>
    public IEnumerable<ByteRange> NodesBelowRoot(XfsInode inode, InodeFork fork, BlockSpan wanted) =>
        fork.Format == ForkFormat.Tree ? ToRanges(ReadRoot(inode, fork, wanted).Children, inode.Offset) : [];

    private static (int Level, List<Child> Children) ReadRoot(XfsInode inode, InodeFork fork, BlockSpan wanted)
    {
        var capacity = (fork.Area.Length - RootHeaderLength) / (KeyLength + PointerLength);
        if (capacity < 1)
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has no room for the root of its extent tree");
        }

        var level = BinaryPrimitives.ReadUInt16BigEndian(fork.Area);
        var count = BinaryPrimitives.ReadUInt16BigEndian(fork.Area[2..]);
        if (level is 0 or > MaximumLevels || count > capacity)
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has an extent tree of {level} levels, {count} of at most {capacity} entries in its root");
        }

        return (level, ReadChildren(fork.Area[RootHeaderLength..], count, capacity, wanted));
    }

    private static List<Child> ReadChildren(ReadOnlySpan<byte> entries, int count, int capacity, BlockSpan wanted)
    {
        var children = new List<Child>();
        for (var index = 0; index < count; index++)
        {
            var first = BinaryPrimitives.ReadUInt64BigEndian(entries[(index * KeyLength)..]);
            var end = index + 1 < count ? BinaryPrimitives.ReadUInt64BigEndian(entries[((index + 1) * KeyLength)..]) : ulong.MaxValue;
            if (first < (ulong)wanted.End && end > (ulong)wanted.First)
            {
                children.Add(new Child(first, BinaryPrimitives.ReadUInt64BigEndian(entries[(capacity * KeyLength + index * PointerLength)..])));
            }
        }

        return children;
    }

    private List<ByteRange> ToRanges(List<Child> children, long at) =>
        [.. children.Select(child => new ByteRange(volume.ToLinear(child.Pointer, 1, at) * volume.BlockSize, volume.BlockSize))];

    // Level by level, so that a tree of a large file takes as many round trips as it has levels. A node met twice covers a second time
    // what was already covered, which the order of records forbids.
    private void MapChildren(XfsInode inode, List<Child> nodes, int level, BlockSpan wanted, List<FileExtent> extents)
    {
        long end = 0;
        var capacity = (volume.BlockSize - HeaderLength) / (KeyLength + PointerLength);
        for (level--; ; level--)
        {
            var ranges = ToRanges(nodes, inode.Offset);
            volume.Source.Prefetch(ranges);
            var below = new List<Child>();
            foreach (var range in ranges)
            {
                var block = ReadNode(inode, range.Offset, level, out var count);
                if (level == 0)
                {
                    AddRecords(block.AsSpan(HeaderLength, count * RecordLength), wanted, range.Offset, ref end, extents);
                }
                else
                {
                    AddInOrder(below, ReadChildren(block.AsSpan(HeaderLength), count, capacity, wanted), range.Offset);
                }
            }

            if (level == 0)
            {
                return;
            }

            nodes = below;
        }
    }

    private static void AddInOrder(List<Child> nodes, List<Child> next, long at)
    {
        foreach (var child in next)
        {
            if (nodes.Count > 0 && child.FirstBlock <= nodes[^1].FirstBlock)
            {
                throw XfsVolume.Corrupt(at, $"an extent tree has a node for block {child.FirstBlock} after one for block {nodes[^1].FirstBlock}");
            }

            nodes.Add(child);
        }
    }

    private byte[] ReadNode(XfsInode inode, long at, int level, out int count)
    {
        var block = volume.Source.ReadBytes(at, volume.BlockSize);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(block);
        var foundLevel = BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(4));
        count = BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(6));
        if (magic != Magic || foundLevel != level || count > (block.Length - HeaderLength) / RecordLength)
        {
            throw XfsVolume.Corrupt(at, $"an extent block of inode {inode.Number} has signature 0x{magic:x8}, level {foundLevel} and {count} entries, expected 0x{Magic:x8} and level {level}");
        }

        volume.RequireOwn(block, SelfDescription.MappingTree, inode.Number, at, $"an extent block of inode {inode.Number}");
        return block;
    }

    // Sixteen bytes: one bit "unwritten", 54 of the block in the file, 52 of the block on the volume, 21 of the length.
    private void AddRecords(ReadOnlySpan<byte> records, BlockSpan wanted, long at, ref long end, List<FileExtent> extents)
    {
        var mostBlocks = long.MaxValue / volume.BlockSize;
        for (; !records.IsEmpty; records = records[RecordLength..])
        {
            var high = BinaryPrimitives.ReadUInt64BigEndian(records);
            var low = BinaryPrimitives.ReadUInt64BigEndian(records[8..]);
            var isWritten = high >> 63 == 0;
            var logical = (long)(high >> 9 & (1UL << 54) - 1);
            var physical = (high & 0x1ff) << 43 | low >> 21;
            var count = (long)(low & (1UL << 21) - 1);
            if (count == 0 || logical < end || logical > mostBlocks - count)
            {
                throw XfsVolume.Corrupt(at, $"an extent covers {count} blocks from {logical}, empty, out of order or beyond the largest file");
            }

            end = logical + count;
            if (isWritten && wanted.Overlaps(logical, end))
            {
                wanted.AddOverlap(extents, new FileExtent(logical, volume.ToLinear(physical, count, at), count));
            }
        }
    }
}
