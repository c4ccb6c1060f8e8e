using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>The blocks of an XFS file system, and what every part of the reader needs to read them. Thread-safe.</summary>
/// <param name="source">The volume, with its log replayed.</param>
/// <param name="replayed">The replayed log; null where there was nothing to replay.</param>
/// <param name="superblock">The superblock after the replay.</param>
/// <param name="warnings">Receives what does not prevent reading.</param>
internal sealed class XfsVolume(IByteSource source, PatchedByteSource? replayed, XfsSuperblock superblock, WarningList warnings)
{
    public const string Layer = "xfs";

    public IByteSource Source => source;

    public XfsSuperblock Superblock => superblock;

    public WarningList Warnings => warnings;

    public int BlockSize => superblock.BlockSize;

    /// <summary>
    /// File system blocks are numbered by group and block within it; this is the number counted from the start of the volume.
    /// </summary>
    /// <param name="block">As structures store it.</param>
    /// <param name="count">Blocks that follow it in the same group, itself included.</param>
    /// <param name="at">Where it is referred to, for messages.</param>
    public long ToLinear(ulong block, long count, long? at)
    {
        var group = (long)(block >> superblock.GroupBlockBits);
        var inGroup = (long)(block & (1UL << superblock.GroupBlockBits) - 1);
        if (group < 0 || group >= superblock.GroupCount || count < 0 || inGroup > superblock.GroupBlocks - count
            || group * superblock.GroupBlocks + inGroup > superblock.BlockCount - count)
        {
            throw Corrupt(at, $"{count} blocks at {inGroup} of group {group} are referred to, the file system has {superblock.GroupCount} groups and {superblock.BlockCount} blocks");
        }

        return group * superblock.GroupBlocks + inGroup;
    }

    /// <summary>
    /// Refuses a block of version 5 whose checksum is wrong or that says to belong elsewhere. What the log replays has no checksum
    /// yet: its own one covered it.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="fields">Where it describes itself.</param>
    /// <param name="owner">The inode to which it belongs.</param>
    /// <param name="at">Where it lies.</param>
    /// <param name="what">Its name, for messages.</param>
    /// <param name="isReplayed">A part of it that lies elsewhere was replayed.</param>
    public void RequireOwn(ReadOnlySpan<byte> block, SelfDescription fields, ulong owner, long at, string what, bool isReplayed = false)
    {
        if (!superblock.IsVersion5)
        {
            return;
        }

        if (!isReplayed && !IsReplayed(at, block.Length))
        {
            RequireChecksum(block, fields.Checksum, at, what);
        }

        var foundBlock = BinaryPrimitives.ReadInt64BigEndian(block[fields.BlockNumber..]);
        var foundOwner = BinaryPrimitives.ReadUInt64BigEndian(block[fields.Owner..]);
        if (foundBlock != at / 512 || foundOwner != owner || !block.Slice(fields.Uuid, 16).SequenceEqual(superblock.MetadataUuid))
        {
            throw Corrupt(at, $"{what} says to be sector {foundBlock} of inode {foundOwner}, expected sector {at / 512} of inode {owner} and the file system's own identifier");
        }
    }

    public bool IsReplayed(long offset, int length) => replayed?.IsPatched(offset, length) ?? false;

    /// <summary>Refuses a structure whose CRC-32C, stored little-endian in itself, is wrong.</summary>
    public static void RequireChecksum(ReadOnlySpan<byte> bytes, int checksumOffset, long at, string what)
    {
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[checksumOffset..]);
        var computed = Crc32C.Append(uint.MaxValue, bytes[..checksumOffset]);
        computed = ~Crc32C.Append(Crc32C.AppendLittleEndian(computed, 0), bytes[(checksumOffset + 4)..]);
        if (stored != computed)
        {
            throw Corrupt(at, $"{what} has checksum 0x{computed:x8}, expected 0x{stored:x8}");
        }
    }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    public static DiskImageException LimitExceeded(long? offset, string rule) => new(DiskImageError.LimitExceeded, Layer, offset, rule);
}

/// <summary>Where a kind of block of version 5 says what and whose it is.</summary>
internal readonly record struct SelfDescription(int Checksum, int BlockNumber, int Uuid, int Owner)
{
    /// <summary>Long-form blocks of B+trees (struct xfs_btree_block).</summary>
    public static readonly SelfDescription MappingTree = new(64, 24, 40, 56);

    /// <summary>Data blocks of directories (struct xfs_dir3_blk_hdr).</summary>
    public static readonly SelfDescription DirectoryData = new(4, 8, 24, 40);

    /// <summary>Blocks of attribute trees (struct xfs_da3_blkinfo).</summary>
    public static readonly SelfDescription AttributeTree = new(12, 16, 32, 48);

    /// <summary>Blocks with values of attributes or targets of links (struct xfs_attr3_rmt_hdr, xfs_dsymlink_hdr).</summary>
    public static readonly SelfDescription Remote = new(12, 40, 16, 32);
}
