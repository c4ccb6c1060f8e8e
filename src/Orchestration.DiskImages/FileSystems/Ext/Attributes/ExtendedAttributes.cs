using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.FileSystems.Ext.Mapping;

namespace Orchestration.DiskImages.FileSystems.Ext.Attributes;

/// <summary>
/// Extended attributes: in the inode after its fixed part, in one shared block, and with ea_inode in inodes of their own.
/// Rules: Linux, fs/ext4/xattr.h. Thread-safe.
/// </summary>
internal sealed class ExtendedAttributes(ExtVolume volume, InodeTable inodes)
{
    private const uint Magic = 0xea020000;
    private const int BlockHeaderLength = 32;
    private const int EntryLength = 16;
    private const int MaximumValueLength = 64 * 1024;
    private const byte SystemIndex = 7;

    private readonly record struct Attribute(byte Index, string Name, byte[] Value);

    public IReadOnlyDictionary<string, byte[]> ReadAll(ExtInode inode)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var attribute in ReadInInode(inode).Concat(ReadBlock(inode)))
        {
            // Inline data is kept as an attribute, but is not one.
            if (attribute is { Index: SystemIndex, Name: "data" })
            {
                continue;
            }

            var name = Prefix(attribute.Index) + attribute.Name;
            attributes.TryAdd(name, PosixAccessControlList.IsOne(name) ? PosixAccessControlList.Convert(attribute.Value, inode.Offset) : attribute.Value);
        }

        return attributes;
    }

    /// <summary>What of the inode's inline data does not fit its block area.</summary>
    public byte[] ReadInlineData(ExtInode inode) =>
        ReadInInode(inode).FirstOrDefault(attribute => attribute is { Index: SystemIndex, Name: "data" }).Value ?? [];

    private static string Prefix(byte index) => index switch
    {
        0 => "",
        1 => "user.",
        2 => "system.posix_acl_access",
        3 => "system.posix_acl_default",
        4 => "trusted.",
        6 => "security.",
        7 => "system.",
        8 => "system.richacl",
        9 => "encryption.",
        10 => "gnu.",
        _ => $"unknown{index}.",
    };

    private List<Attribute> ReadInInode(ExtInode inode)
    {
        var area = inode.AttributeArea;
        return area.Length >= sizeof(uint) + EntryLength && BinaryPrimitives.ReadUInt32LittleEndian(area) == Magic
            ? ReadEntries(inode, area, sizeof(uint), sizeof(uint), inode.Offset)
            : [];
    }

    private List<Attribute> ReadBlock(ExtInode inode)
    {
        if (inode.AttributeBlock == 0)
        {
            return [];
        }

        volume.RequireBlocks(inode.AttributeBlock, 1, inode.Offset);
        var block = volume.ReadBlock(inode.AttributeBlock);
        var offset = inode.AttributeBlock * volume.BlockSize;
        if (BinaryPrimitives.ReadUInt32LittleEndian(block) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(8)) != 1)
        {
            throw ExtVolume.Corrupt(offset, $"the attribute block of inode {inode.Number} has no valid header");
        }

        if (volume.Superblock.HasMetadataChecksums)
        {
            CheckChecksum(block, inode.AttributeBlock, offset);
        }

        return ReadEntries(inode, block, BlockHeaderLength, 0, offset);
    }

    private void CheckChecksum(byte[] block, long number, long offset)
    {
        const int ChecksumOffset = 16;
        Span<byte> position = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(position, number);
        var computed = Crc32C.Append(volume.Superblock.ChecksumSeed, position);
        computed = Crc32C.Append(computed, block.AsSpan(0, ChecksumOffset));
        computed = Crc32C.AppendLittleEndian(computed, 0);
        computed = Crc32C.Append(computed, block.AsSpan(ChecksumOffset + 4));
        ExtVolume.RequireChecksum(BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(ChecksumOffset)), computed, offset, "an attribute block");
    }

    /// <param name="inode">The owner, for messages.</param>
    /// <param name="area">The bytes that hold entries and values.</param>
    /// <param name="first">Where the entries begin.</param>
    /// <param name="valueBase">What the offsets of values count from.</param>
    /// <param name="at">Where the area lies, for messages.</param>
    private List<Attribute> ReadEntries(ExtInode inode, ReadOnlySpan<byte> area, int first, int valueBase, long at)
    {
        var attributes = new List<Attribute>();
        var position = first;
        while (position <= area.Length - sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(area[position..]) != 0)
        {
            if (position > area.Length - EntryLength || area[position] > area.Length - EntryLength - position)
            {
                throw ExtVolume.Corrupt(at, $"an attribute of inode {inode.Number} leaves its area");
            }

            var entry = area[position..];
            int nameLength = entry[0];
            var valueInode = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            var valueLength = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            var valueStart = (long)valueBase + BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
            if (valueLength > MaximumValueLength || (valueInode == 0 && valueLength > 0 && valueStart > area.Length - valueLength))
            {
                throw ExtVolume.Corrupt(at, $"the value of an attribute of inode {inode.Number} has {valueLength} bytes at {valueStart} and leaves its area");
            }

            var value = valueInode != 0 ? ReadValueInode(valueInode, (int)valueLength)
                : valueLength == 0 ? []
                : area.Slice((int)valueStart, (int)valueLength).ToArray();
            attributes.Add(new Attribute(entry[1], Encoding.UTF8.GetString(entry.Slice(EntryLength, nameLength)), value));
            position += EntryLength + ((nameLength + 3) & ~3);
        }

        return attributes;
    }

    private byte[] ReadValueInode(uint number, int length)
    {
        var holder = inodes.Get(number);
        if (!holder.Flags.HasFlag(ExtInodeFlags.AttributeInode) || holder.Flags.HasFlag(ExtInodeFlags.InlineData) || holder.Size != length)
        {
            throw ExtVolume.Corrupt(holder.Offset, $"inode {number} is referred to as an attribute value of {length} bytes, but is not one");
        }

        var value = new byte[length];
        new FileContent(volume, this).Read(holder, 0, value);
        ExtVolume.RequireChecksum(holder.AccessTime, Crc32C.Append(volume.Superblock.ChecksumSeed, value), holder.Offset, $"the attribute value in inode {number}");
        return value;
    }
}
