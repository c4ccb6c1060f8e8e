using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>The superblock (struct xfs_dsb) of versions 4 and 5, with every field that is used checked.</summary>
internal sealed class XfsSuperblock
{
    public const int Length = 512;
    private const int ChecksumOffset = 224;

    private const XfsIncompatible Readable =
        XfsIncompatible.FileType | XfsIncompatible.SparseInodes | XfsIncompatible.MetadataUuid | XfsIncompatible.BigTime
        | XfsIncompatible.LargeExtentCounts | XfsIncompatible.ExchangeRange | XfsIncompatible.ParentPointers;

    private readonly byte[] _bytes;

    private XfsSuperblock(byte[] bytes)
    {
        _bytes = bytes;
        Identity = Identify(bytes) ?? throw XfsVolume.Corrupt(0, "the superblock has no signature XFSB");
        CheckFeatures();
        CheckGeometry();
    }

    public FileSystemIdentity Identity { get; }

    /// <summary>Self-describing metadata with checksums: version 5.</summary>
    public bool IsVersion5 => (U16(100) & 0xf) == 5;

    public int BlockSize => (int)U32(4);

    public int SectorSize => U16(102);

    public long BlockCount => (long)U64(8);

    public long GroupBlocks => U32(84);

    public long GroupCount => U32(88);

    public int GroupBlockBits => _bytes[124];

    public int InodeSize => U16(104);

    /// <summary>Bits of an inode number that say which inode of its block it is.</summary>
    public int InodesPerBlockBits => _bytes[123];

    public ulong RootInode => U64(56);

    public int DirectoryBlockSize => BlockSize << _bytes[192];

    /// <summary>First block of the log, as file system blocks are numbered; 0 where it is on another device.</summary>
    public ulong LogStart => U64(48);

    public long LogBlocks => U32(96);

    /// <summary>What every structure of version 5 names as its file system.</summary>
    public ReadOnlySpan<byte> MetadataUuid => Incompatible.HasFlag(XfsIncompatible.MetadataUuid) ? _bytes.AsSpan(248, 16) : _bytes.AsSpan(32, 16);

    public XfsIncompatible Incompatible => IsVersion5 ? (XfsIncompatible)U32(216) : XfsIncompatible.None;

    public bool HasEntryTypes => Incompatible.HasFlag(XfsIncompatible.FileType)
        || !IsVersion5 && Version.HasFlag(XfsVersionFlags.MoreBits) && ((XfsFeatures2)U32(200)).HasFlag(XfsFeatures2.FileType);

    public bool IsCaseInsensitive => Version.HasFlag(XfsVersionFlags.CaseInsensitive);

    private XfsVersionFlags Version => (XfsVersionFlags)(U16(100) & 0xfff0);

    /// <summary>The identity, where the bytes begin with the signature.</summary>
    public static FileSystemIdentity? Identify(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("XFSB"u8))
        {
            return null;
        }

        var blockSize = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        var blocks = BinaryPrimitives.ReadUInt64BigEndian(head[8..]);
        long? size = blockSize != 0 && blocks <= (ulong)long.MaxValue / blockSize ? (long)(blocks * blockSize) : null;
        return new FileSystemIdentity("xfs", Signature.FormatUuid(head.Slice(32, 16)), Signature.ReadText(head.Slice(108, 12)), size)
        {
            FreeBytes = size is not null && BinaryPrimitives.ReadUInt64BigEndian(head[144..]) is var free && free <= blocks ? (long)(free * blockSize) : null,
        };
    }

    /// <param name="source">The volume.</param>
    /// <param name="isReplayed">The log supersedes the superblock, whose checksum then is of what was there before.</param>
    public static XfsSuperblock Read(IByteSource source, bool isReplayed = false)
    {
        var superblock = new XfsSuperblock(source.ReadBytes(0, Length));
        if (superblock.IsVersion5 && !isReplayed)
        {
            XfsVolume.RequireChecksum(source.ReadBytes(0, superblock.SectorSize), ChecksumOffset, 0, "the superblock");
        }

        return superblock;
    }

    private void CheckFeatures()
    {
        var version = U16(100) & 0xf;
        if (version is not (4 or 5) || !Version.HasFlag(XfsVersionFlags.DirectoryVersion2))
        {
            throw XfsVolume.Unsupported(100, $"the superblock is of version 0x{U16(100):x4}; 4 and 5 with directories of version 2 can be read");
        }

        if (Incompatible.HasFlag(XfsIncompatible.NeedsRepair))
        {
            throw XfsVolume.Corrupt(216, "the file system is marked as needing xfs_repair (NeedsRepair)");
        }

        var unknown = Incompatible & ~Readable;
        if (unknown != 0)
        {
            throw XfsVolume.Unsupported(216, $"incompatible features {unknown} (0x{(uint)unknown:x}) cannot be read");
        }
    }

    private void CheckGeometry()
    {
        var groupBits = GroupBlocks == 0 ? 0 : BitOperations.Log2((ulong)GroupBlocks - 1 | 1) + (GroupBlocks > 1 ? 1 : 0);
        Require(BlockSize is >= 512 and <= 65536 && BitOperations.IsPow2(BlockSize) && 1 << _bytes[120] == BlockSize, 4, "block size", BlockSize);
        Require(SectorSize is >= 512 and <= 32768 && BitOperations.IsPow2(SectorSize), 102, "sector size", SectorSize);
        Require(InodeSize is >= 256 and <= 2048 && BitOperations.IsPow2(InodeSize) && InodeSize <= BlockSize, 104, "inode size", InodeSize);
        Require(BlockSize / InodeSize == 1 << InodesPerBlockBits, 123, "logarithm of inodes per block", InodesPerBlockBits);
        Require(GroupBlocks is >= 64 and <= int.MaxValue && groupBits == GroupBlockBits, 84, "number of blocks in a group", GroupBlocks);
        Require(_bytes[192] <= 7 && DirectoryBlockSize <= 65536, 192, "logarithm of the directory block size", _bytes[192]);
        Require(GroupCount >= 1 && BlockCount > (GroupCount - 1) * GroupBlocks && BlockCount <= GroupCount * GroupBlocks, 8, "number of blocks", BlockCount);
        Require(Identity.SizeBytes is not null, 8, "number of blocks", BlockCount);
    }

    private static void Require(bool condition, long offset, string what, long found)
    {
        if (!condition)
        {
            throw XfsVolume.Corrupt(offset, $"the superblock has an impossible {what}: {found}");
        }
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(offset));
}
