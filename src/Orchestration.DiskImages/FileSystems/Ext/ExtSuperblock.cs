using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>
/// The superblock of ext2, ext3 and ext4, checked. Rules: Linux, Documentation/filesystems/ext4 and fs/ext4/super.c.
/// </summary>
internal sealed record ExtSuperblock
{
    public const int Offset = 1024;
    public const int Length = 1024;

    private const int MagicOffset = 0x38;
    private const int ChecksumOffset = 0x3fc;
    private const ushort Magic = 0xef53;
    private const int OriginalInodeSize = 128;

    private const ExtIncompatible Readable =
        ExtIncompatible.FileType | ExtIncompatible.Recover | ExtIncompatible.MetaBlockGroups | ExtIncompatible.Extents
        | ExtIncompatible.SixtyFourBit | ExtIncompatible.MultipleMountProtection | ExtIncompatible.FlexibleBlockGroups
        | ExtIncompatible.AttributeInodes | ExtIncompatible.ChecksumSeed | ExtIncompatible.LargeDirectory | ExtIncompatible.InlineData
        | ExtIncompatible.Encrypt | ExtIncompatible.CaseFold;

    public required ExtCompatible Compatible { get; init; }

    public required ExtIncompatible Incompatible { get; init; }

    public required ExtReadOnlyCompatible ReadOnlyCompatible { get; init; }

    public required int BlockSize { get; init; }

    public required long BlockCount { get; init; }

    public required long FreeBlockCount { get; init; }

    /// <summary>Block of the superblock: 1 with blocks of 1 KiB, otherwise 0.</summary>
    public required uint FirstDataBlock { get; init; }

    public required long BlocksPerGroup { get; init; }

    /// <summary>Bytes in an allocation unit; more than a block with bigalloc.</summary>
    public required long ClusterSize { get; init; }

    public required uint InodeCount { get; init; }

    public required uint InodesPerGroup { get; init; }

    public required int InodeSize { get; init; }

    public required int DescriptorSize { get; init; }

    public required uint FirstMetaGroup { get; init; }

    public required (uint First, uint Second) BackupGroups { get; init; }

    public required uint JournalInode { get; init; }

    public required uint JournalDevice { get; init; }

    /// <summary>The seed of all metadata checksums.</summary>
    public required uint ChecksumSeed { get; init; }

    public required byte[] UuidBytes { get; init; }

    public required string? Label { get; init; }

    /// <summary>State flags (s_state): 1 cleanly unmounted, 2 errors found.</summary>
    public required ushort State { get; init; }

    public long GroupCount => (BlockCount - FirstDataBlock + BlocksPerGroup - 1) / BlocksPerGroup;

    public bool HasMetadataChecksums => ReadOnlyCompatible.HasFlag(ExtReadOnlyCompatible.MetadataChecksum);

    public FileSystemIdentity Identity => new(TypeName, Signature.FormatUuid(UuidBytes), Label, BlockCount * BlockSize)
    {
        FreeBytes = FreeBlockCount <= BlockCount ? FreeBlockCount * BlockSize : null,
    };

    // ext2 has no journal; ext3 has one and nothing newer; any newer feature makes it ext4. This is how blkid decides.
    private string TypeName
    {
        get
        {
            const ExtIncompatible Ext3Incompatible = ExtIncompatible.FileType | ExtIncompatible.Recover | ExtIncompatible.MetaBlockGroups;
            const ExtReadOnlyCompatible Ext3ReadOnly = ExtReadOnlyCompatible.SparseSuper | ExtReadOnlyCompatible.LargeFile | ExtReadOnlyCompatible.BTreeDirectory;
            if (Incompatible.HasFlag(ExtIncompatible.JournalDevice))
            {
                return "jbd";
            }

            if ((Incompatible & ~Ext3Incompatible) != 0 || (ReadOnlyCompatible & ~Ext3ReadOnly) != 0)
            {
                return "ext4";
            }

            return Compatible.HasFlag(ExtCompatible.HasJournal) ? "ext3" : "ext2";
        }
    }

    public static bool IsPresent(ReadOnlySpan<byte> superblock) => BinaryPrimitives.ReadUInt16LittleEndian(superblock[MagicOffset..]) == Magic;

    /// <summary>What the superblock says of itself, also of one with features that cannot be read.</summary>
    public static FileSystemIdentity? Identify(ReadOnlySpan<byte> bytes) =>
        IsPresent(bytes) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x18..]) <= 6 ? Parse(bytes).Identity : null;

    /// <summary>Reads the superblock of the volume and refuses what cannot be read.</summary>
    public static ExtSuperblock Read(IByteSource volume)
    {
        var bytes = volume.ReadBytes(Offset, Length);
        if (!IsPresent(bytes))
        {
            throw ExtVolume.Corrupt(Offset + MagicOffset, "no superblock signature");
        }

        var superblock = Parse(bytes);
        superblock.RefuseUnreadable();
        superblock.CheckChecksum(bytes);
        superblock.CheckGeometry();
        return superblock;
    }

    private static ExtSuperblock Parse(ReadOnlySpan<byte> bytes)
    {
        uint U32(ReadOnlySpan<byte> source, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(source[offset..]);
        var logarithm = U32(bytes, 0x18);
        if (logarithm > 6)
        {
            throw ExtVolume.Corrupt(Offset + 0x18, $"block size 1024 << {logarithm}, expected at most 64 KiB");
        }

        var incompatible = (ExtIncompatible)U32(bytes, 0x60);
        var readOnly = (ExtReadOnlyCompatible)U32(bytes, 0x64);
        var original = U32(bytes, 0x4c) == 0;
        var wide = incompatible.HasFlag(ExtIncompatible.SixtyFourBit);
        var clusterLogarithm = readOnly.HasFlag(ExtReadOnlyCompatible.BigAllocation) ? U32(bytes, 0x1c) : logarithm;
        var uuid = bytes.Slice(0x68, 16).ToArray();
        return new ExtSuperblock
        {
            Compatible = original ? 0 : (ExtCompatible)U32(bytes, 0x5c),
            Incompatible = original ? 0 : incompatible,
            ReadOnlyCompatible = original ? 0 : readOnly,
            BlockSize = 1024 << (int)logarithm,
            BlockCount = (long)(U32(bytes, 4) | (wide ? (ulong)U32(bytes, 0x150) << 32 : 0)),
            FreeBlockCount = (long)(U32(bytes, 0xc) | (wide ? (ulong)U32(bytes, 0x158) << 32 : 0)) & long.MaxValue,
            FirstDataBlock = U32(bytes, 0x14),
            BlocksPerGroup = U32(bytes, 0x20),
            ClusterSize = clusterLogarithm <= 20 ? 1024L << (int)clusterLogarithm : 0,
            InodeCount = U32(bytes, 0),
            InodesPerGroup = U32(bytes, 0x28),
            InodeSize = original ? OriginalInodeSize : BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x58..]),
            DescriptorSize = wide ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xfe..]) : 32,
            FirstMetaGroup = U32(bytes, 0x104),
            BackupGroups = (U32(bytes, 0x24c), U32(bytes, 0x250)),
            JournalInode = U32(bytes, 0xe0),
            JournalDevice = U32(bytes, 0xe4),
            ChecksumSeed = incompatible.HasFlag(ExtIncompatible.ChecksumSeed) ? U32(bytes, 0x270) : Crc32C.Append(uint.MaxValue, uuid),
            UuidBytes = uuid,
            Label = Signature.ReadText(bytes.Slice(0x78, 16)),
            State = BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x3a..]),
        };
    }

    private void RefuseUnreadable()
    {
        if ((Incompatible & ~Readable) is not 0 and var unknown)
        {
            throw new DiskImageException(DiskImageError.Unsupported, ExtVolume.Layer, Offset + 0x60, $"incompatible features that cannot be read: {DescribeFeatures((uint)unknown)}");
        }
    }

    private static string DescribeFeatures(uint bits) => string.Join(
        ", ",
        Enumerable.Range(0, 32).Where(bit => (bits >> bit & 1) != 0).Select(bit => Enum.IsDefined((ExtIncompatible)(1u << bit)) ? $"0x{1u << bit:x} ({(ExtIncompatible)(1u << bit)})" : $"0x{1u << bit:x}"));

    private void CheckChecksum(ReadOnlySpan<byte> bytes)
    {
        if (!HasMetadataChecksums)
        {
            return;
        }

        const byte Crc32CType = 1;
        if (bytes[0x175] != Crc32CType)
        {
            throw new DiskImageException(DiskImageError.Unsupported, ExtVolume.Layer, Offset + 0x175, $"metadata checksum type {bytes[0x175]}; 1 (crc32c) is known");
        }

        ExtVolume.RequireChecksum(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]), Crc32C.Append(uint.MaxValue, bytes[..ChecksumOffset]), Offset, "the superblock");
    }

    private void CheckGeometry()
    {
        Require(BlockCount > FirstDataBlock && BlockCount <= long.MaxValue / BlockSize, 4, $"{BlockCount} blocks");
        Require(FirstDataBlock <= 1, 0x14, $"first data block {FirstDataBlock}");
        Require(ClusterSize >= BlockSize, 0x1c, $"cluster size {ClusterSize}, block size {BlockSize}");
        Require(BlocksPerGroup > 0 && BlocksPerGroup <= 8L * BlockSize * (ClusterSize / BlockSize), 0x20, $"{BlocksPerGroup} blocks per group");
        Require(InodeSize >= OriginalInodeSize && InodeSize <= BlockSize && BitOperations.IsPow2(InodeSize), 0x58, $"inode size {InodeSize}");
        Require(InodesPerGroup > 0 && InodesPerGroup <= 8L * BlockSize, 0x28, $"{InodesPerGroup} inodes per group");
        Require(InodeCount <= InodesPerGroup * GroupCount, 0, $"{InodeCount} inodes in {GroupCount} groups of {InodesPerGroup}");
        Require(DescriptorSize >= (Incompatible.HasFlag(ExtIncompatible.SixtyFourBit) ? 64 : 32) && DescriptorSize <= BlockSize && BitOperations.IsPow2(DescriptorSize), 0xfe, $"group descriptor size {DescriptorSize}");
    }

    private static void Require(bool condition, int field, string found)
    {
        if (!condition)
        {
            throw ExtVolume.Corrupt(Offset + field, $"impossible geometry: {found}");
        }
    }
}
