using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Lvm.Thin;

/// <summary>
/// The metadata of a thin pool: which blocks of the pool each thin volume is made of. Structure: Linux, drivers/md/dm-thin-metadata.c
/// (thin_disk_superblock). Thread-safe.
/// </summary>
internal sealed class ThinPoolMetadata
{
    public const string Layer = "thin pool";

    private const ulong Magic = 27022010;
    private const uint ChecksumSalt = 160774;
    private const uint NeedsCheck = 1;
    private const int Sector = 512;
    private const long SmallestBlock = 64 * 1024;
    private const long LargestBlock = 1024 * 1024 * 1024;

    private readonly MetadataTree _tree;
    private readonly long _root;
    private readonly long _blockSize;

    private ThinPoolMetadata(MetadataTree tree, long root, long blockSize) => (_tree, _root, _blockSize) = (tree, root, blockSize);

    /// <param name="source">The pool's metadata volume.</param>
    /// <param name="blockSize">Bytes in a block of the pool, as the volume group says.</param>
    /// <param name="warn">Receives what is odd.</param>
    public static ThinPoolMetadata Open(IByteSource source, long blockSize, Action<string> warn)
    {
        var tree = new MetadataTree(source);
        var superblock = tree.ReadBlock(0, ChecksumSalt);
        var version = BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(40));
        if (BinaryPrimitives.ReadUInt64LittleEndian(superblock.AsSpan(32)) != Magic || version is 0 or > 2)
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, 32, $"expected the superblock of a thin pool of version 1 or 2, found version {version}, or none");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(360)) is not 0 and var features)
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, 360, $"unknown incompatible features 0x{features:x}");
        }

        if ((BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(4)) & NeedsCheck) != 0)
        {
            warn("thin pool: the metadata are marked as in need of a check (thin_check)");
        }

        var stored = (long)BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(336)) * Sector;
        return stored == blockSize && blockSize is >= SmallestBlock and <= LargestBlock && blockSize % SmallestBlock == 0
            ? new ThinPoolMetadata(tree, BinaryPrimitives.ReadInt64LittleEndian(superblock.AsSpan(320)), blockSize)
            : throw new DiskImageException(DiskImageError.Corrupt, Layer, 336, $"blocks of {stored} bytes, the volume group says {blockSize}; a multiple of {SmallestBlock} is expected");
    }

    /// <summary>A thin volume.</summary>
    /// <param name="data">The pool's data volume.</param>
    /// <param name="device">Number of the thin volume.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="externalOrigin">What shows through where nothing is stored; null for zeros.</param>
    public MappedDisk OpenVolume(IByteSource data, long device, long length, IByteSource? externalOrigin)
    {
        var root = _tree.Find(_root, device, out _)
            ?? throw new DiskImageException(DiskImageError.Corrupt, Layer, null, $"there is no thin volume {device} in the pool");
        return new MappedDisk(Layer, data, length, new ThinBlockMap(_tree, (long)root, _blockSize)) { Parent = externalOrigin };
    }
}
