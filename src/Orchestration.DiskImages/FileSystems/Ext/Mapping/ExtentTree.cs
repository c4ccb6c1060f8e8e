using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.FileSystems.Ext.Mapping;

/// <summary>Maps the blocks of inodes with the extents flag. Rules: Linux, fs/ext4/ext4_extents.h.</summary>
internal sealed class ExtentTree(ExtVolume volume)
{
    private const int HeaderLength = 12;
    private const int EntryLength = 12;
    private const ushort Magic = 0xf30a;
    private const int MaximumDepth = 5;

    // A longer length means that the blocks are allocated but were never written.
    private const int MaximumWrittenLength = 32768;

    private readonly record struct Child(long FirstBlock, long EndBlock, long NodeBlock);

    /// <summary>The stored runs of the file within <paramref name="wanted"/>, in order.</summary>
    public List<FileExtent> Map(ExtInode inode, BlockSpan wanted)
    {
        var extents = new List<FileExtent>();
        var depth = ReadDepth(inode.BlockArea, inode.Offset);
        MapNode(inode, inode.BlockArea, depth, new BlockSpan(0, long.MaxValue), wanted, inode.Offset, extents);
        return extents;
    }

    /// <summary>The blocks of the tree just below its root that are needed for <paramref name="wanted"/>.</summary>
    public static IEnumerable<long> NodesBelowRoot(ExtInode inode, BlockSpan wanted)
    {
        var root = inode.BlockArea;
        return ReadDepth(root, inode.Offset) == 0 ? [] : ReadChildren(root, new BlockSpan(0, long.MaxValue), wanted, inode.Offset).Select(child => child.NodeBlock);
    }

    private void MapNode(ExtInode inode, ReadOnlySpan<byte> node, int depth, BlockSpan covered, BlockSpan wanted, long at, List<FileExtent> extents)
    {
        if (depth == 0)
        {
            MapLeaf(node, covered, wanted, at, extents);
            return;
        }

        var children = ReadChildren(node, covered, wanted, at);
        if (children.Count > 1)
        {
            volume.PrefetchBlocks(children.Select(child => child.NodeBlock));
        }

        foreach (var child in children)
        {
            volume.RequireBlocks(child.NodeBlock, 1, at);
            var block = volume.ReadBlock(child.NodeBlock);
            var offset = child.NodeBlock * volume.BlockSize;
            var found = ReadDepth(block, offset);
            if (found != depth - 1)
            {
                throw ExtVolume.Corrupt(offset, $"an extent block of inode {inode.Number} has depth {found}, expected {depth - 1}");
            }

            CheckChecksum(inode, block, offset);
            MapNode(inode, block, found, new BlockSpan(child.FirstBlock, child.EndBlock), wanted, offset, extents);
        }
    }

    private static List<Child> ReadChildren(ReadOnlySpan<byte> node, BlockSpan covered, BlockSpan wanted, long at)
    {
        var count = ReadCount(node, at);
        var children = new List<Child>();
        var previous = covered.First - 1;
        for (var index = 0; index < count; index++)
        {
            var entry = node.Slice(HeaderLength + index * EntryLength, EntryLength);
            long first = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (first <= previous || first >= covered.End)
            {
                throw ExtVolume.Corrupt(at, $"extent index {index} begins at block {first}, out of order or outside its parent");
            }

            previous = first;
            long end = index + 1 < count ? BinaryPrimitives.ReadUInt32LittleEndian(node[(HeaderLength + (index + 1) * EntryLength)..]) : covered.End;
            if (wanted.Overlaps(first, end))
            {
                var block = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) | (long)BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) << 32;
                children.Add(new Child(first, end, block));
            }
        }

        return children;
    }

    private void MapLeaf(ReadOnlySpan<byte> node, BlockSpan covered, BlockSpan wanted, long at, List<FileExtent> extents)
    {
        var count = ReadCount(node, at);
        var previousEnd = covered.First;
        for (var index = 0; index < count; index++)
        {
            var entry = node.Slice(HeaderLength + index * EntryLength, EntryLength);
            long first = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var length = (int)BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
            var written = length <= MaximumWrittenLength;
            length = written ? length : length - MaximumWrittenLength;
            if (length == 0 || first < previousEnd || first + length > covered.End)
            {
                throw ExtVolume.Corrupt(at, $"extent {index} covers blocks {first} to {first + length}, out of order, empty or outside its parent");
            }

            previousEnd = first + length;
            if (written && wanted.Overlaps(first, previousEnd))
            {
                var physical = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) | (long)BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) << 32;
                volume.RequireBlocks(physical, length, at);
                wanted.AddOverlap(extents, new FileExtent(first, physical, length));
            }
        }
    }

    private static int ReadDepth(ReadOnlySpan<byte> node, long at)
    {
        var magic = BinaryPrimitives.ReadUInt16LittleEndian(node);
        var depth = BinaryPrimitives.ReadUInt16LittleEndian(node[6..]);
        return magic == Magic && depth <= MaximumDepth
            ? depth
            : throw ExtVolume.Corrupt(at, $"an extent header has signature 0x{magic:x4} and depth {depth}, expected 0x{Magic:x4} and at most {MaximumDepth}");
    }

    private static int ReadCount(ReadOnlySpan<byte> node, long at)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(node[2..]);
        var maximum = BinaryPrimitives.ReadUInt16LittleEndian(node[4..]);
        return count <= maximum && HeaderLength + maximum * EntryLength <= node.Length
            ? count
            : throw ExtVolume.Corrupt(at, $"an extent header has {count} entries of at most {maximum} in {node.Length} bytes");
    }

    private void CheckChecksum(ExtInode inode, byte[] block, long offset)
    {
        if (!volume.Superblock.HasMetadataChecksums)
        {
            return;
        }

        var tail = HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(4)) * EntryLength;
        if (tail > block.Length - 4)
        {
            throw ExtVolume.Corrupt(offset, $"an extent block of inode {inode.Number} has no room for its checksum");
        }

        ExtVolume.RequireChecksum(
            BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(tail)), Crc32C.Append(inode.ChecksumSeed, block.AsSpan(0, tail)), offset, $"an extent block of inode {inode.Number}");
    }
}
