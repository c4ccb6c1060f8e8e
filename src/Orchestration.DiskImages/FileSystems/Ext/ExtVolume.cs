using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>The blocks of an ext file system, and what every part of the reader needs to read them. Thread-safe.</summary>
internal sealed class ExtVolume(IByteSource source, ExtSuperblock superblock, WarningList warnings)
{
    public const string Layer = "ext4";

    public IByteSource Source => source;

    public ExtSuperblock Superblock => superblock;

    public WarningList Warnings => warnings;

    public int BlockSize => superblock.BlockSize;

    public byte[] ReadBlock(long block)
    {
        RequireBlocks(block, 1, null);
        return source.ReadBytes(block * BlockSize, BlockSize);
    }

    public void PrefetchBlocks(IEnumerable<long> blocks) =>
        source.Prefetch([.. blocks.Where(block => block > 0 && block < superblock.BlockCount).Select(block => new ByteRange(block * BlockSize, BlockSize))]);

    /// <summary>Refuses blocks outside the file system, naming the structure at <paramref name="at"/> that refers to them.</summary>
    public void RequireBlocks(long block, long count, long? at)
    {
        if (block < superblock.FirstDataBlock || count < 0 || block > superblock.BlockCount - count)
        {
            throw Corrupt(at, $"blocks {block} to {block + count - 1} are referred to, the file system has {superblock.BlockCount}");
        }
    }

    /// <summary>Refuses blocks that a journal replays outside the file system. Block 0, with the boot sector, is inside.</summary>
    public void RequireReplayTarget(long block)
    {
        if (block < 0 || block >= superblock.BlockCount)
        {
            throw Corrupt(null, $"the journal holds block {block}, the file system has {superblock.BlockCount}");
        }
    }

    public static void RequireChecksum(uint stored, uint computed, long offset, string what)
    {
        if (stored != computed)
        {
            throw Corrupt(offset, $"{what} has checksum 0x{computed:x8}, expected 0x{stored:x8}");
        }
    }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);
}
