using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>
/// Reads directories: those in the inode (short form) and those in blocks, of which the data blocks alone hold every entry; hashes and free
/// space lie beyond them. Thread-safe.
/// </summary>
internal sealed class DirectoryReader(XfsVolume volume, FileContent content)
{
    private const long MaximumBytes = 256 * 1024 * 1024;
    private const long PrefetchedAtOnce = 4 * 1024 * 1024;
    private const int MaximumEntries = 2_000_000;

    private const uint BlockMagic = 0x58443242;
    private const uint DataMagic = 0x58443244;
    private const uint BlockMagic5 = 0x58444233;
    private const uint DataMagic5 = 0x58444433;

    /// <summary>All entries but <c>.</c> and <c>..</c>, in the order in which they are stored.</summary>
    public List<DirectoryEntry> Read(XfsInode directory)
    {
        if (directory.Kind != FileKind.Directory)
        {
            throw XfsVolume.Corrupt(directory.Offset, $"inode {directory.Number} is read as a directory, but is a {directory.Kind}");
        }

        if (directory.Size > MaximumBytes)
        {
            throw XfsVolume.LimitExceeded(directory.Offset, $"directory {directory.Number} has {directory.Size} bytes; at most {MaximumBytes} are read");
        }

        var entries = new List<DirectoryEntry>();
        if (directory.Data.Format == ForkFormat.Local)
        {
            ReadShortForm(directory, entries);
        }
        else
        {
            ReadBlocks(directory, entries);
        }

        return entries;
    }

    // Count of entries, count of those that need eight bytes for an inode, the parent; then the entries (struct xfs_dir2_sf_hdr).
    private void ReadShortForm(XfsInode directory, List<DirectoryEntry> entries)
    {
        var area = directory.Data.Area;
        area = area[..(int)Math.Min(area.Length, directory.Size)];
        var typeLength = volume.Superblock.HasEntryTypes ? 1 : 0;
        var inodeLength = area is [_, 0, ..] ? 4 : 8;
        if (area.Length < 2 + inodeLength)
        {
            throw XfsVolume.Corrupt(directory.Offset, $"directory {directory.Number} has {area.Length} bytes in its inode");
        }

        int count = area[0];
        for (area = area[(2 + inodeLength)..]; count > 0; count--)
        {
            int nameLength = area.IsEmpty ? 0 : area[0];
            var length = 3 + nameLength + typeLength + inodeLength;
            if (length > area.Length)
            {
                throw XfsVolume.Corrupt(directory.Offset, $"an entry of directory {directory.Number} leaves the inode");
            }

            var node = area.Slice(length - inodeLength, inodeLength);
            var number = inodeLength == 4 ? BinaryPrimitives.ReadUInt32BigEndian(node) : BinaryPrimitives.ReadUInt64BigEndian(node);
            AddEntry(directory, number, area.Slice(3, nameLength), typeLength == 0 ? (byte)0 : area[3 + nameLength], directory.Offset, entries);
            area = area[length..];
        }
    }

    private void ReadBlocks(XfsInode directory, List<DirectoryEntry> entries)
    {
        var blockSize = volume.Superblock.DirectoryBlockSize;
        if (directory.Size % blockSize != 0)
        {
            throw XfsVolume.Corrupt(directory.Offset, $"directory {directory.Number} has {directory.Size} bytes, not a multiple of its block size {blockSize}");
        }

        var extents = content.Map(directory, new BlockSpan(0, directory.Size / volume.BlockSize));
        volume.Source.Prefetch([.. extents.Select(extent => new ByteRange(extent.PhysicalBlock * volume.BlockSize, Math.Min(extent.Count * volume.BlockSize, PrefetchedAtOnce)))]);

        // A directory's block may be of several file system blocks that do not lie together. Holes are between blocks, never within.
        var bytes = new byte[blockSize];
        var filled = 0;
        long at = 0;
        var isReplayed = false;
        foreach (var extent in extents)
        {
            for (long index = 0; index < extent.Count; index++)
            {
                var position = (extent.PhysicalBlock + index) * volume.BlockSize;
                var expected = (extent.LogicalBlock + index) * volume.BlockSize % blockSize;
                if (expected != filled)
                {
                    throw XfsVolume.Corrupt(position, $"a block of directory {directory.Number} is not whole");
                }

                at = filled == 0 ? position : at;
                isReplayed = filled > 0 && isReplayed || volume.IsReplayed(position, volume.BlockSize);
                volume.Source.Read(position, bytes.AsSpan(filled, volume.BlockSize));
                filled += volume.BlockSize;
                if (filled == blockSize)
                {
                    ReadBlock(directory, bytes, isReplayed, at, entries);
                    filled = 0;
                }
            }
        }
    }

    private void ReadBlock(XfsInode directory, ReadOnlySpan<byte> block, bool isReplayed, long at, List<DirectoryEntry> entries)
    {
        var magic = BinaryPrimitives.ReadUInt32BigEndian(block);
        var isVersion5 = volume.Superblock.IsVersion5;
        if (magic != (isVersion5 ? BlockMagic5 : BlockMagic) && magic != (isVersion5 ? DataMagic5 : DataMagic))
        {
            throw XfsVolume.Corrupt(at, $"a block of directory {directory.Number} has signature 0x{magic:x8}");
        }

        volume.RequireOwn(block, SelfDescription.DirectoryData, directory.Number, at, $"a block of directory {directory.Number}", isReplayed);

        // A directory of one block has the hashes of its names at the end of it, before their number and the number of unused ones.
        var end = block.Length;
        if (magic is BlockMagic or BlockMagic5)
        {
            const int TailLength = 8;
            const int HashLength = 8;
            var hashes = BinaryPrimitives.ReadUInt32BigEndian(block[(end - TailLength)..]);
            end = hashes < block.Length / HashLength
                ? end - TailLength - (int)hashes * HashLength
                : throw XfsVolume.Corrupt(at, $"a block of directory {directory.Number} has {hashes} hashes");
        }

        ReadEntries(directory, block[..Math.Max(0, end)], isVersion5 ? 64 : 16, at, entries);
    }

    private void ReadEntries(XfsInode directory, ReadOnlySpan<byte> block, int position, long at, List<DirectoryEntry> entries)
    {
        const ushort Unused = 0xffff;
        const int ShortestEntry = 16;
        const int NameOffset = 9;
        const int TagLength = 2;
        var typeLength = volume.Superblock.HasEntryTypes ? 1 : 0;
        while (position < block.Length)
        {
            var entry = block[position..];
            var isUnused = entry.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(entry) == Unused;
            int nameLength = isUnused || entry.Length < ShortestEntry ? 0 : entry[8];
            var length = isUnused
                ? BinaryPrimitives.ReadUInt16BigEndian(entry[2..])
                : NameOffset + nameLength + typeLength + TagLength + 7 & ~7;
            if (length > entry.Length || length == 0 || length % 8 != 0)
            {
                throw XfsVolume.Corrupt(at + position, $"an entry of directory {directory.Number} has {length} bytes of {entry.Length} left");
            }

            if (!isUnused)
            {
                var number = BinaryPrimitives.ReadUInt64BigEndian(entry);
                AddEntry(directory, number, entry.Slice(NameOffset, nameLength), typeLength == 0 ? (byte)0 : entry[NameOffset + nameLength], at + position, entries);
            }

            position += length;
        }
    }

    private static void AddEntry(XfsInode directory, ulong number, ReadOnlySpan<byte> name, byte type, long at, List<DirectoryEntry> entries)
    {
        if (name is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            return;
        }

        if (name.IsEmpty || name.IndexOfAny((byte)'/', (byte)0) >= 0)
        {
            throw XfsVolume.Corrupt(at, $"an entry of directory {directory.Number} has an impossible name");
        }

        if (entries.Count == MaximumEntries)
        {
            throw XfsVolume.LimitExceeded(directory.Offset, $"directory {directory.Number} has more than {MaximumEntries} entries");
        }

        entries.Add(new DirectoryEntry(Encoding.UTF8.GetString(name), number, PosixFileKind.FromEntryType(type)));
    }
}
