using System.Buffers.Binary;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;

namespace Orchestration.Inspection.Mapping;

/// <summary>
/// The attribute bits of a GPT partition (UEFI specification, table 5.8), of which the upper sixteen mean what the partition's type says.
/// </summary>
/// <param name="Bits">As they are stored.</param>
internal readonly record struct PartitionAttributes(ulong Bits)
{
    private const int HeaderLength = 92;
    private const int EntryLength = 128;
    private const int AttributesOffset = 48;
    private const int UniqueIdOffset = 16;

    private static readonly int[] SectorSizes = [512, 4096];

    /// <summary>Not mounted by its type (Discoverable Partitions Specification).</summary>
    public bool IsNotAutomatic => (Bits >> 63 & 1) != 0;

    /// <summary>Where several can start, the highest does; zero never does (Chromium OS disk format, which Container Linux shares).</summary>
    public int Priority => (int)(Bits >> 48 & 0xF);

    public int TriesLeft => (int)(Bits >> 52 & 0xF);

    /// <summary>It was started before and worked.</summary>
    public bool IsSuccessful => (Bits >> 56 & 1) != 0;

    /// <summary>Reads the entry of a partition in the primary table; no bits where that table cannot be used.</summary>
    public static PartitionAttributes Read(IByteSource disk, PartitionMap partition)
    {
        try
        {
            return SectorSizes.Select(size => Find(disk, partition, size)).FirstOrDefault(found => found is not null) ?? default;
        }
        catch (DiskImageException exception) when (Files.FileSystemCache.IsDamage(exception))
        {
            return default;
        }
    }

    private static PartitionAttributes? Find(IByteSource disk, PartitionMap partition, int sectorSize)
    {
        var header = disk.ReadBytes(sectorSize, HeaderLength);
        var table = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72));
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(84));
        if (!header.AsSpan().StartsWith("EFI PART"u8) || partition.Number < 1 || length < EntryLength || table < 1 || table > disk.Length / sectorSize)
        {
            return null;
        }

        var offset = table * sectorSize + (partition.Number - 1L) * length;
        if (offset > disk.Length - EntryLength)
        {
            return null;
        }

        var entry = disk.ReadBytes(offset, EntryLength);
        return new Guid(entry.AsSpan(UniqueIdOffset, 16)).ToString("D") == partition.Uuid
            ? new PartitionAttributes(BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(AttributesOffset)))
            : null;
    }
}
