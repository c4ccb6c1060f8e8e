using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Fat;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.ExFat;

/// <summary>The boot sector of an exFAT volume and where its parts lie (exFAT specification, section 3). Thread-safe.</summary>
internal sealed class ExFatVolume
{
    public const string Layer = "exfat";

    private const int BootSectorLength = 512;
    private const int BootRegionSectors = 12;
    private const int LargestClusterShift = 25;

    public ExFatVolume(IByteSource source, WarningList warnings)
    {
        Source = source;
        Warnings = warnings;
        var boot = ReadBoot(source, warnings);
        uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(offset));
        var sectorShift = boot[0x6c];
        var clusterShift = sectorShift + boot[0x6d];
        Require(clusterShift <= LargestClusterShift, 0x6d, "size of clusters, as a power of two,", clusterShift);
        Require(boot[0x6e] is 1 or 2, 0x6e, "number of allocation tables", boot[0x6e]);
        ClusterSize = 1 << clusterShift;
        var isSecondActive = boot[0x6e] == 2 && (boot[0x6a] & 1) != 0;
        var tableOffset = (U32(0x50) + (isSecondActive ? (long)U32(0x54) : 0)) << sectorShift;
        DataOffset = (long)U32(0x58) << sectorShift;
        ClusterCount = U32(0x5c);
        RootCluster = U32(0x60);
        Require(ClusterCount > 0 && ClusterCount <= uint.MaxValue - 11, 0x5c, "number of clusters", ClusterCount);
        Require(tableOffset > 0 && DataOffset > tableOffset, 0x58, "start of the clusters", DataOffset);
        Require(((long)U32(0x54) << sectorShift) / sizeof(uint) >= ClusterCount + AllocationTable.FirstCluster, 0x54, "length of the allocation table", U32(0x54));
        Table = new AllocationTable(new AllocationTableLayout(Layer, source, tableOffset, 32, ClusterCount));
        var end = DataOffset + ClusterCount * ClusterSize;
        if (end > source.Length)
        {
            warnings.Add($"the file system has {end} bytes, its volume only {source.Length}");
        }

        if ((boot[0x6a] & 0x2) != 0)
        {
            warnings.Add("the volume is marked as dirty: it was not unmounted");
        }
    }

    public IByteSource Source { get; }

    public WarningList Warnings { get; }

    public AllocationTable Table { get; }

    public int ClusterSize { get; }

    public long ClusterCount { get; }

    /// <summary>Where the first cluster, which has the number 2, lies.</summary>
    public long DataOffset { get; }

    public uint RootCluster { get; }

    /// <summary>The clusters of a file or directory, as blocks of which the first cluster is block 0.</summary>
    /// <param name="first">First cluster; 0 for none.</param>
    /// <param name="isContiguous">They follow each other, and the allocation table says nothing of them.</param>
    /// <param name="count">Number of clusters that are wanted.</param>
    public IReadOnlyList<FileExtent> Map(uint first, bool isContiguous, long count)
    {
        if (!isContiguous || first == 0)
        {
            return Table.ReadChain(first, count);
        }

        return first >= AllocationTable.FirstCluster && count <= ClusterCount && first - AllocationTable.FirstCluster <= ClusterCount - count
            ? [new FileExtent(0, first - AllocationTable.FirstCluster, count)]
            : throw Corrupt(null, $"{count} clusters from {first} are referred to, the volume has {ClusterCount}");
    }

    /// <summary>Where blocks lie on the volume.</summary>
    public ByteRange ToRange(FileExtent extent) => new(DataOffset + extent.PhysicalBlock * ClusterSize, extent.Count * ClusterSize);

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    // A copy of the whole region follows it.
    private static byte[] ReadBoot(IByteSource source, WarningList warnings)
    {
        var first = source.ReadBytes(0, BootSectorLength);
        var shift = first[0x6c];
        Require(shift is >= 9 and <= 12, 0x6c, "size of sectors, as a power of two,", shift);
        var length = BootRegionSectors << shift;
        if (IsWhole(source.ReadBytes(0, length), 1 << shift))
        {
            return first;
        }

        var copy = source.ReadBytes(length, length);
        if (copy[0x6c] != shift || !IsWhole(copy, 1 << shift))
        {
            throw Corrupt(0, "neither the boot sector nor its copy has the checksum that it should have");
        }

        warnings.Add("the boot sector is damaged; its copy is used");
        return copy[..BootSectorLength];
    }

    // The last sector of the region repeats a checksum of the others. Flags and the measure of use change too often to be part of it.
    private static bool IsWhole(ReadOnlySpan<byte> region, int sectorSize)
    {
        uint sum = 0;
        for (var at = 0; at < region.Length - sectorSize; at++)
        {
            if (at is not (0x6a or 0x6b or 0x70))
            {
                sum = (sum << 31 | sum >> 1) + region[at];
            }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(region[^sectorSize..]) == sum;
    }

    private static void Require(bool condition, long offset, string what, long found)
    {
        if (!condition)
        {
            throw Corrupt(offset, $"the boot sector has an impossible {what}: {found}");
        }
    }
}
