using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.FileSystems.Ext.Mapping;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>
/// Reads directories block by block. The hash tree of large ones hides in entries that look empty to such a reader, by design.
/// Thread-safe.
/// </summary>
internal sealed class DirectoryReader(ExtVolume volume, FileContent content)
{
    private const int EntryHeaderLength = 8;
    private const int SelfEntryLength = 12;
    private const int TailLength = 12;
    private const byte TailType = 0xde;
    private const long MaximumBytes = 256 * 1024 * 1024;
    private const int MaximumEntries = 2_000_000;
    private const long PrefetchedAtOnce = 4 * 1024 * 1024;

    /// <summary>All entries but <c>.</c> and <c>..</c>, in the order in which they are stored.</summary>
    public List<DirectoryEntry> Read(ExtInode directory)
    {
        if (directory.Kind != FileKind.Directory)
        {
            throw ExtVolume.Corrupt(directory.Offset, $"inode {directory.Number} is read as a directory, but is a {directory.Kind}");
        }

        if (directory.Flags.HasFlag(ExtInodeFlags.Encrypted))
        {
            throw ExtVolume.Unsupported(directory.Offset, $"directory {directory.Number} is encrypted (fscrypt); its names cannot be read without the key");
        }

        if (directory.Size > MaximumBytes)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, ExtVolume.Layer, directory.Offset, $"directory {directory.Number} has {directory.Size} bytes; at most {MaximumBytes} are read");
        }

        var entries = new List<DirectoryEntry>();
        if (directory.Flags.HasFlag(ExtInodeFlags.InlineData))
        {
            ReadInline(directory, entries);
        }
        else
        {
            ReadBlocks(directory, entries);
        }

        return entries;
    }

    private void ReadBlocks(ExtInode directory, List<DirectoryEntry> entries)
    {
        if (directory.Size % volume.BlockSize != 0)
        {
            throw ExtVolume.Corrupt(directory.Offset, $"directory {directory.Number} has {directory.Size} bytes, not a multiple of the block size");
        }

        var blocks = directory.Size / volume.BlockSize;
        var extents = content.Map(directory, new BlockSpan(0, blocks));
        volume.Source.Prefetch([.. extents.Select(extent => new Sources.ByteRange(extent.PhysicalBlock * volume.BlockSize, Math.Min(extent.Count * volume.BlockSize, PrefetchedAtOnce)))]);
        long next = 0;
        foreach (var extent in extents)
        {
            WarnOfHole(directory, next, extent.LogicalBlock);
            for (long index = 0; index < extent.Count; index++)
            {
                var block = volume.ReadBlock(extent.PhysicalBlock + index);
                var at = (extent.PhysicalBlock + index) * volume.BlockSize;
                CheckChecksum(directory, block, extent.LogicalBlock + index, at);
                ReadEntries(directory, block, at, entries);
            }

            next = extent.LogicalEnd;
        }

        WarnOfHole(directory, next, blocks);
    }

    private void WarnOfHole(ExtInode directory, long from, long to)
    {
        if (from < to)
        {
            volume.Warnings.Add($"directory {directory.Number} has a hole from block {from} to {to}; entries may be missing");
        }
    }

    // The block area begins with the parent's number; the attribute that continues it is a row of entries of its own.
    private void ReadInline(ExtInode directory, List<DirectoryEntry> entries)
    {
        if (directory.Size < sizeof(uint))
        {
            throw ExtVolume.Corrupt(directory.Offset, $"inline directory {directory.Number} has {directory.Size} bytes");
        }

        var bytes = new byte[directory.Size];
        content.Read(directory, 0, bytes);
        var first = Math.Min(bytes.Length, ExtInode.BlockAreaLength);
        ReadEntries(directory, bytes.AsSpan(sizeof(uint)..first), directory.Offset, entries);
        ReadEntries(directory, bytes.AsSpan(first), directory.Offset, entries);
    }

    private void ReadEntries(ExtInode directory, ReadOnlySpan<byte> block, long at, List<DirectoryEntry> entries)
    {
        var hasTypes = volume.Superblock.Incompatible.HasFlag(ExtIncompatible.FileType);
        for (var position = 0; position < block.Length;)
        {
            if (block.Length - position < EntryHeaderLength)
            {
                throw ExtVolume.Corrupt(at + position, $"an entry of directory {directory.Number} crosses the end of its block");
            }

            var entry = block[position..];
            var node = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var length = DecodeLength(BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]));
            int nameLength = entry[6];
            if (length < EntryHeaderLength + nameLength || length % 4 != 0 || length > entry.Length)
            {
                throw ExtVolume.Corrupt(at + position, $"an entry of directory {directory.Number} has {length} bytes, its name {nameLength}, the block {entry.Length} more");
            }

            if (node != 0)
            {
                AddEntry(directory, node, entry.Slice(EntryHeaderLength, nameLength), hasTypes ? entry[7] : (byte)0, at + position, entries);
            }

            position += length;
        }
    }

    private void AddEntry(ExtInode directory, uint node, ReadOnlySpan<byte> name, byte type, long at, List<DirectoryEntry> entries)
    {
        if (name is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            return;
        }

        if (name.IsEmpty || name.IndexOfAny((byte)'/', (byte)0) >= 0 || node > volume.Superblock.InodeCount)
        {
            throw ExtVolume.Corrupt(at, $"an entry of directory {directory.Number} has an impossible name or refers to inode {node} of {volume.Superblock.InodeCount}");
        }

        if (entries.Count == MaximumEntries)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, ExtVolume.Layer, directory.Offset, $"directory {directory.Number} has more than {MaximumEntries} entries");
        }

        entries.Add(new DirectoryEntry(Encoding.UTF8.GetString(name), node, PosixFileKind.FromEntryType(type)));
    }

    // Sixteen bits cannot say 65536; with such blocks the two low bits, otherwise always zero, hold the high ones.
    private int DecodeLength(ushort stored)
    {
        const int LargestPlainBlock = 32 * 1024;
        if (volume.BlockSize <= LargestPlainBlock)
        {
            return stored;
        }

        return stored is 0 or ushort.MaxValue ? volume.BlockSize : stored & ~3 | (stored & 3) << 16;
    }

    private void CheckChecksum(ExtInode directory, byte[] block, long logicalBlock, long at)
    {
        if (!volume.Superblock.HasMetadataChecksums)
        {
            return;
        }

        if (IsIndexBlock(block, logicalBlock))
        {
            CheckIndexChecksum(directory, block, logicalBlock, at);
            return;
        }

        var tail = block.AsSpan(block.Length - TailLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail) != 0 || BinaryPrimitives.ReadUInt16LittleEndian(tail[4..]) != TailLength || tail[6] != 0 || tail[7] != TailType)
        {
            throw ExtVolume.Corrupt(at, $"a block of directory {directory.Number} has no checksum");
        }

        var computed = Crc32C.Append(directory.ChecksumSeed, block.AsSpan(0, block.Length - TailLength));
        ExtVolume.RequireChecksum(BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]), computed, at, $"a block of directory {directory.Number}");
    }

    // An entry that reaches the end of the block leaves no room for the tail of a plain block. The tail itself tells nothing: the kernel
    // leaves it behind in the block that it turns into the root of an index.
    private bool IsIndexBlock(byte[] block, long logicalBlock)
    {
        int EntryLength(int offset) => DecodeLength(BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(offset + 4)));
        return logicalBlock == 0
            ? EntryLength(0) == SelfEntryLength && EntryLength(SelfEntryLength) == block.Length - SelfEntryLength
            : EntryLength(0) == block.Length;
    }

    // A block of the hash tree: the root keeps its entries after "." and "..", inner nodes after one empty entry that spans the block.
    private static void CheckIndexChecksum(ExtInode directory, byte[] block, long logicalBlock, long at)
    {
        const int RootLimitOffset = 32;
        const int NodeLimitOffset = 8;
        const int IndexEntryLength = 8;
        const int IndexTailLength = 8;
        var limitOffset = logicalBlock == 0 ? RootLimitOffset : NodeLimitOffset;
        var limit = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(limitOffset));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(limitOffset + 2));
        var tail = limitOffset + limit * IndexEntryLength;
        if (!directory.Flags.HasFlag(ExtInodeFlags.Indexed) || count > limit || tail > block.Length - IndexTailLength)
        {
            throw ExtVolume.Corrupt(at, $"a block of directory {directory.Number} has no checksum");
        }

        var computed = Crc32C.Append(directory.ChecksumSeed, block.AsSpan(0, limitOffset + count * IndexEntryLength));
        computed = Crc32C.Append(computed, block.AsSpan(tail, 4));
        computed = Crc32C.AppendLittleEndian(computed, 0);
        ExtVolume.RequireChecksum(BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(tail + 4)), computed, at, $"an index block of directory {directory.Number}");
    }
}
