using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs.Attributes;

/// <summary>Attributes that do not fit the inode: leaves, a tree above them where there are several, and blocks of large values. Thread-safe.</summary>
internal sealed class AttributeBlocks(XfsVolume volume, ExtentMap extentMap)
{
    private const int MaximumValueLength = 64 * 1024;
    private const int MaximumBlocks = 16 * 1024;
    private const int MaximumLevels = 6;
    private const long PrefetchedAtOnce = 1024 * 1024;
    private const int EntryLength = 8;

    private bool IsVersion5 => volume.Superblock.IsVersion5;

    private ushort LeafMagic => IsVersion5 ? (ushort)0x3bee : (ushort)0xfbee;

    private ushort NodeMagic => IsVersion5 ? (ushort)0x3ebe : (ushort)0xfebe;

    /// <summary>A leaf's list of entries begins after the common header and its own; a node's two fields sooner.</summary>
    private int HeaderLength => IsVersion5 ? 56 : 12;

    public void ReadAll(XfsInode inode, Dictionary<string, byte[]> attributes)
    {
        var extents = extentMap.Map(inode, inode.Attributes, new BlockSpan(0, int.MaxValue));
        volume.Source.Prefetch([.. extents.Select(extent => extent.ToRange(volume.BlockSize, extent.LogicalBlock * volume.BlockSize, extent.LogicalBlock * volume.BlockSize + PrefetchedAtOnce))]);

        var number = FindFirstLeaf(inode, extents);
        for (var visited = 0; number != 0 || visited == 0; visited++)
        {
            if (visited == MaximumBlocks)
            {
                throw XfsVolume.Corrupt(inode.Offset, $"the attributes of inode {inode.Number} do not end after {MaximumBlocks} blocks");
            }

            var (leaf, at) = ReadBlock(inode, extents, number);
            if (MagicOf(leaf) != LeafMagic)
            {
                throw XfsVolume.Corrupt(at, $"an attribute leaf of inode {inode.Number} has signature 0x{MagicOf(leaf):x4}, expected 0x{LeafMagic:x4}");
            }

            ReadLeaf(inode, extents, leaf, at, attributes);
            number = BinaryPrimitives.ReadUInt32BigEndian(leaf);
        }
    }

    private static ushort MagicOf(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadUInt16BigEndian(block[8..]);

    private uint FindFirstLeaf(XfsInode inode, List<FileExtent> extents)
    {
        uint number = 0;
        for (var level = 0; level < MaximumLevels; level++)
        {
            var (block, at) = ReadBlock(inode, extents, number);
            if (MagicOf(block) != NodeMagic)
            {
                return number;
            }

            var entries = HeaderLength + (IsVersion5 ? 8 : 4);
            if (BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(HeaderLength)) == 0)
            {
                throw XfsVolume.Corrupt(at, $"an attribute node of inode {inode.Number} is empty");
            }

            number = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(entries + 4));
        }

        throw XfsVolume.Corrupt(inode.Offset, $"the attribute tree of inode {inode.Number} has more than {MaximumLevels} levels");
    }

    private (byte[] Block, long At) ReadBlock(XfsInode inode, List<FileExtent> extents, uint number)
    {
        var at = Locate(inode, extents, number);
        var block = volume.Source.ReadBytes(at, volume.BlockSize);
        volume.RequireOwn(block, SelfDescription.AttributeTree, inode.Number, at, $"an attribute block of inode {inode.Number}");
        return (block, at);
    }

    private long Locate(XfsInode inode, List<FileExtent> extents, long number)
    {
        foreach (var extent in extents)
        {
            if (number >= extent.LogicalBlock && number < extent.LogicalEnd)
            {
                return (extent.PhysicalBlock + number - extent.LogicalBlock) * volume.BlockSize;
            }
        }

        throw XfsVolume.Corrupt(inode.Offset, $"block {number} of the attributes of inode {inode.Number} is referred to, but is a hole");
    }

    private void ReadLeaf(XfsInode inode, List<FileExtent> extents, byte[] leaf, long at, Dictionary<string, byte[]> attributes)
    {
        var entries = HeaderLength + (IsVersion5 ? 24 : 20);
        var count = BinaryPrimitives.ReadUInt16BigEndian(leaf.AsSpan(HeaderLength));
        if (count > (leaf.Length - entries) / EntryLength)
        {
            throw XfsVolume.Corrupt(at, $"an attribute leaf of inode {inode.Number} has {count} entries");
        }

        for (var index = 0; index < count; index++)
        {
            var entry = leaf.AsSpan(entries + index * EntryLength, EntryLength);
            var flags = (XfsAttributeFlags)entry[6];
            var start = BinaryPrimitives.ReadUInt16BigEndian(entry[4..]);
            var isLocal = flags.HasFlag(XfsAttributeFlags.Local);
            var head = isLocal ? 3 : 9;
            if (start > leaf.Length - head)
            {
                throw XfsVolume.Corrupt(at, $"an attribute of inode {inode.Number} leaves its block");
            }

            // Local: the value's length in two bytes and the name's in one. Remote: the value's block and length in four bytes each.
            var item = leaf.AsSpan(start);
            int nameLength = item[head - 1];
            var valueLength = isLocal ? BinaryPrimitives.ReadUInt16BigEndian(item) : BinaryPrimitives.ReadUInt32BigEndian(item[4..]);
            if (valueLength > MaximumValueLength || head + nameLength + (isLocal ? valueLength : 0) > item.Length)
            {
                throw XfsVolume.Corrupt(at, $"an attribute of inode {inode.Number} has {nameLength} bytes of name and {valueLength} of value, and leaves its block");
            }

            if (!flags.HasFlag(XfsAttributeFlags.Incomplete))
            {
                var value = isLocal
                    ? item.Slice(head + nameLength, (int)valueLength).ToArray()
                    : ReadRemote(inode, extents, BinaryPrimitives.ReadUInt32BigEndian(item), (int)valueLength);
                ExtendedAttributes.Add(attributes, flags, item.Slice(head, nameLength), value, at);
            }
        }
    }

    // With version 5 every block of a value begins with a header (struct xfs_attr3_rmt_hdr), with version 4 it is all value.
    private byte[] ReadRemote(XfsInode inode, List<FileExtent> extents, uint number, int length)
    {
        const uint Magic = 0x5841524d;
        const int RemoteHeaderLength = 56;
        var headerLength = IsVersion5 ? RemoteHeaderLength : 0;
        var value = new byte[length];
        for (var filled = 0; filled < length; number++)
        {
            var at = Locate(inode, extents, number);
            var block = volume.Source.ReadBytes(at, volume.BlockSize);
            var part = Math.Min(length - filled, block.Length - headerLength);
            if (IsVersion5)
            {
                var found = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(4));
                var bytes = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(8));
                if (BinaryPrimitives.ReadUInt32BigEndian(block) != Magic || found != filled || bytes != part)
                {
                    throw XfsVolume.Corrupt(at, $"a block of an attribute value of inode {inode.Number} has {bytes} bytes at {found}, expected {part} at {filled}");
                }

                volume.RequireOwn(block, SelfDescription.Remote, inode.Number, at, $"a block of an attribute value of inode {inode.Number}");
            }

            block.AsSpan(headerLength, part).CopyTo(value.AsSpan(filled));
            filled += part;
        }

        return value;
    }
}
