using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>The superblock (struct btrfs_super_block), with every field that is used checked.</summary>
internal sealed class BtrfsSuperblock
{
    public const int Offset = 0x10000;
    public const int Length = 4096;
    private const int MagicOffset = 0x40;
    private const int SystemChunksOffset = 0x32b;
    private const int SystemChunksCapacity = 2048;

    private const BtrfsIncompatible Readable =
        BtrfsIncompatible.MixedBackReferences | BtrfsIncompatible.DefaultSubvolume | BtrfsIncompatible.MixedGroups | BtrfsIncompatible.CompressLzo
        | BtrfsIncompatible.CompressZstd | BtrfsIncompatible.BigMetadata | BtrfsIncompatible.ExtendedInodeReferences | BtrfsIncompatible.Raid56
        | BtrfsIncompatible.SkinnyMetadata | BtrfsIncompatible.NoHoles | BtrfsIncompatible.MetadataUuid | BtrfsIncompatible.Raid1C34
        | BtrfsIncompatible.SimpleQuota;

    // The copies after the first.
    private static readonly long[] CopyOffsets = [64L << 20, 256L << 30];

    private readonly byte[] _bytes;

    private BtrfsSuperblock(byte[] bytes)
    {
        _bytes = bytes;
        Identity = Identify(bytes) ?? throw BtrfsVolume.Corrupt(Offset, "the superblock has no signature _BHRfS_M");
        CheckFields();
    }

    public FileSystemIdentity Identity { get; }

    public ulong Generation => U64(0x48);

    public TreeRoot RootTree => new(U64(0x50), Generation, _bytes[0xc6]);

    public TreeRoot ChunkTree => new(U64(0x58), U64(0xa4), _bytes[0xc7]);

    /// <summary>Null where nothing was synced after the last commit.</summary>
    public TreeRoot? LogTree => U64(0x60) == 0 ? null : new TreeRoot(U64(0x60), Generation + 1, _bytes[0xc8]);

    public ulong RootDirectory => U64(0x80);

    public ulong DeviceCount => U64(0x88);

    public int SectorSize => (int)U32(0x90);

    public int NodeSize => (int)U32(0x94);

    public BtrfsChecksum Checksum => (BtrfsChecksum)U16(0xc4);

    /// <summary>The number of the device that this superblock is on.</summary>
    public ulong DeviceId => U64(0xc9);

    /// <summary>What every node names as its file system.</summary>
    public ReadOnlySpan<byte> MetadataUuid => Incompatible.HasFlag(BtrfsIncompatible.MetadataUuid) ? _bytes.AsSpan(0x23b, 16) : _bytes.AsSpan(0x20, 16);

    /// <summary>The chunks that hold the chunk tree: keys, each followed by its item.</summary>
    public ReadOnlySpan<byte> SystemChunks => _bytes.AsSpan(SystemChunksOffset, (int)U32(0xa0));

    private BtrfsIncompatible Incompatible => (BtrfsIncompatible)U64(0xbc);

    /// <summary>The identity, where the bytes are a superblock.</summary>
    public static FileSystemIdentity? Identify(ReadOnlySpan<byte> bytes)
    {
        if (!bytes[MagicOffset..].StartsWith("_BHRfS_M"u8))
        {
            return null;
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(bytes[0x70..]);
        return new FileSystemIdentity(
            "btrfs", Signature.FormatUuid(bytes.Slice(0x20, 16)), Signature.ReadText(bytes.Slice(0x12b, 256)), size <= long.MaxValue ? (long)size : null)
        {
            FreeBytes = size <= long.MaxValue && BinaryPrimitives.ReadUInt64LittleEndian(bytes[0x78..]) is var used && used <= size ? (long)(size - used) : null,
        };
    }

    /// <summary>The superblock; where the first copy is damaged, the newest of the others.</summary>
    public static BtrfsSuperblock Read(IByteSource device, WarningList warnings)
    {
        var first = device.ReadBytes(Offset, Length);
        if (IsValid(first))
        {
            return new BtrfsSuperblock(first);
        }

        var copies = CopyOffsets.Where(offset => offset <= device.Length - Length).Select(offset => device.ReadBytes(offset, Length));
        var best = copies.Where(IsValid).Select(bytes => new BtrfsSuperblock(bytes)).MaxBy(copy => copy.Generation)
            ?? throw BtrfsVolume.Corrupt(Offset, "the superblock has a wrong checksum, and no copy has a right one");
        warnings.Add($"the first superblock is damaged; a copy of generation {best.Generation} is used");
        return best;
    }

    private static bool IsValid(byte[] bytes)
    {
        var type = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(0xc4));
        return Identify(bytes) is not null && (type > (ushort)BtrfsChecksum.Blake2b
            ? throw BtrfsVolume.Unsupported(Offset + 0xc4, $"checksums of type {type} cannot be verified")
            : ((BtrfsChecksum)type).IsValid(bytes));
    }

    private void CheckFields()
    {
        var unknown = Incompatible & ~Readable;
        if (unknown != 0)
        {
            throw BtrfsVolume.Unsupported(Offset + 0xbc, $"incompatible features {unknown} (0x{(ulong)unknown:x}) cannot be read");
        }

        Require(SectorSize is >= 512 and <= 65536 && BitOperations.IsPow2(SectorSize), 0x90, "sector size", U32(0x90));
        Require(NodeSize is >= 4096 and <= 65536 && BitOperations.IsPow2(NodeSize), 0x94, "node size", U32(0x94));
        Require(U32(0xa0) is > 0 and <= SystemChunksCapacity, 0xa0, "size of system chunks", U32(0xa0));
        Require(_bytes[0xc6] < BtrfsVolume.MaximumLevels && _bytes[0xc7] < BtrfsVolume.MaximumLevels && _bytes[0xc8] < BtrfsVolume.MaximumLevels, 0xc6, "level of a root", _bytes[0xc6]);
    }

    private static void Require(bool condition, int offset, string what, ulong found)
    {
        if (!condition)
        {
            throw BtrfsVolume.Corrupt(Offset + offset, $"the superblock has an impossible {what}: {found}");
        }
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
