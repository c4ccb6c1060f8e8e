using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Fat;

/// <summary>The boot sector of a FAT volume (BIOS parameter block) and where its parts lie. Thread-safe.</summary>
internal sealed class FatVolume
{
    public const string Layer = "vfat";

    private const int BootSectorLength = 512;
    private const int DirectoryEntryLength = 32;
    private const long MostClustersOf12Bits = 4084;
    private const long MostClustersOf16Bits = 65524;

    public FatVolume(IByteSource source, WarningList warnings)
    {
        Source = source;
        Warnings = warnings;
        var boot = source.ReadBytes(0, BootSectorLength);
        int U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(offset));
        long U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(offset));

        var sectorSize = U16(0x0b);
        Require(sectorSize is >= 512 and <= 4096 && BitOperations.IsPow2(sectorSize), 0x0b, "sector size", sectorSize);
        Require(boot[0x0d] != 0 && BitOperations.IsPow2(boot[0x0d]), 0x0d, "number of sectors in a cluster", boot[0x0d]);
        ClusterSize = boot[0x0d] * sectorSize;
        var isLarge = U16(0x16) == 0;
        var tableLength = (isLarge ? U32(0x24) : U16(0x16)) * sectorSize;
        var sectors = U16(0x13) != 0 ? U16(0x13) : U32(0x20);
        var tableOffset = (long)U16(0x0e) * sectorSize;
        RootOffset = tableOffset + boot[0x10] * tableLength;
        RootLength = (U16(0x11) * DirectoryEntryLength + sectorSize - 1) / sectorSize * sectorSize;
        DataOffset = RootOffset + RootLength;
        var clusters = (sectors * sectorSize - DataOffset) / ClusterSize;
        Require(tableOffset > 0 && boot[0x10] is 1 or 2 && tableLength > 0 && clusters > 0, 0x20, "number of sectors", sectors);
        var entryBits = isLarge ? 32 : clusters > MostClustersOf12Bits ? 16 : 12;
        Require(isLarge || clusters <= MostClustersOf16Bits, 0x16, "size of the allocation table", tableLength);

        // A table too small for the clusters leaves the last of them out of use.
        ClusterCount = Math.Min(clusters, tableLength * 8 / entryBits - AllocationTable.FirstCluster);
        Require(ClusterCount > 0, 0x16, "size of the allocation table", tableLength);
        Table = new AllocationTableLayout(Layer, source, tableOffset, isLarge ? 28 : entryBits, ClusterCount);
        RootCluster = isLarge ? (uint)U32(0x2c) : 0;
        SizeBytes = sectors * sectorSize;
        if (SizeBytes > source.Length)
        {
            warnings.Add($"the file system has {SizeBytes} bytes, its volume only {source.Length}");
        }

        Data = source.Slice(DataOffset, Math.Max(0, Math.Min(ClusterCount * ClusterSize, source.Length - DataOffset)));
    }

    public IByteSource Source { get; }

    /// <summary>The clusters, of which the first has the number 2.</summary>
    public IByteSource Data { get; }

    public WarningList Warnings { get; }

    public long SizeBytes { get; }

    public int ClusterSize { get; }

    public long ClusterCount { get; }

    public AllocationTableLayout Table { get; }

    public long DataOffset { get; }

    /// <summary>The root directory of FAT12 and FAT16; empty for FAT32.</summary>
    public long RootOffset { get; }

    public int RootLength { get; }

    /// <summary>The root directory of FAT32; 0 for the others.</summary>
    public uint RootCluster { get; }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    private static void Require(bool condition, long offset, string what, long found)
    {
        if (!condition)
        {
            throw Corrupt(offset, $"the boot sector has an impossible {what}: {found}");
        }
    }
}
