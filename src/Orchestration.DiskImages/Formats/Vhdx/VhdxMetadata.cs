using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>What the metadata region says of the disk, checked.</summary>
internal sealed record VhdxMetadata
{
    private const int TableLength = 64 * 1024;
    private const int EntryLength = 32;
    private const int MaximumEntries = 2047;
    private const int MaximumItemLength = 1024 * 1024;
    private const long MaximumVirtualSize = 64L << 40;
    private const int MaximumBlockSize = 256 * VhdxFormat.Megabyte;
    private const uint RequiredFlag = 4;
    private const uint HasParentFlag = 2;

    private static readonly Guid FileParameters = new("caa16737-fa36-4d43-b3b6-33f0aa44e76b");
    private static readonly Guid VirtualDiskSize = new("2fa54224-cd1b-4876-b211-5dbed83bf4b8");
    private static readonly Guid LogicalSectorSizeItem = new("8141bf1d-a96f-4709-ba47-f233a8faab5f");
    private static readonly Guid PhysicalSectorSize = new("cda348c7-445d-4471-9cc9-e9885251c556");
    private static readonly Guid VirtualDiskIdentifier = new("beca12ab-b2e6-4523-93ef-c309e000c746");
    private static readonly Guid ParentLocatorItem = new("a8d35f2d-b30b-454d-abf7-d3d84834ab0c");

    /// <summary>Virtual size in bytes: a multiple of the sector size, at most 64 TiB.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Virtual bytes in a block: a power of two from 1 to 256 MiB.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Bytes in a logical sector: 512 or 4096.</summary>
    public required int SectorSize { get; init; }

    /// <summary>Names the parent of a differencing disk; null where there is none.</summary>
    public required VhdxParentLocator? Parent { get; init; }

    public static VhdxMetadata Read(IByteSource source, ByteRange region)
    {
        var items = ReadTable(source, region);
        var parameters = Require(items, FileParameters, "file parameters", 8);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(parameters.Bytes.AsSpan(4));
        var (_, sectorSize) = ReadUInt32(items, LogicalSectorSizeItem, "logical sector size", size => size is 512 or 4096, "512 or 4096");
        var size = Require(items, VirtualDiskSize, "virtual disk size", 8);
        var virtualSize = BinaryPrimitives.ReadInt64LittleEndian(size.Bytes);
        if (virtualSize is < 0 or > MaximumVirtualSize || virtualSize % sectorSize != 0)
        {
            throw VhdxFormat.Corrupt(size.Offset, $"the virtual size is {(ulong)virtualSize}, expected a multiple of {sectorSize} up to {MaximumVirtualSize}");
        }

        return new VhdxMetadata
        {
            VirtualSize = virtualSize,
            SectorSize = (int)sectorSize,
            BlockSize = (int)ReadUInt32(
                items,
                FileParameters,
                "block size",
                bytes => bytes is >= VhdxFormat.Megabyte and <= MaximumBlockSize && BitOperations.IsPow2(bytes),
                "a power of two from 1 to 256 MiB").Value,
            Parent = (flags & HasParentFlag) == 0 ? null : VhdxParentLocator.Parse(Require(items, ParentLocatorItem, "parent locator", 20)),
        };
    }

    private static Dictionary<Guid, VhdxItem> ReadTable(IByteSource source, ByteRange region)
    {
        if (region.Length < TableLength)
        {
            throw VhdxFormat.Corrupt(region.Offset, $"the metadata region has {region.Length} bytes, its table alone {TableLength}");
        }

        var table = source.ReadBytes(region.Offset, TableLength);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(table.AsSpan(10));
        if (!table.AsSpan().StartsWith("metadata"u8) || count > MaximumEntries)
        {
            throw VhdxFormat.Corrupt(region.Offset, $"expected a metadata table of at most {MaximumEntries} entries, found {count} or another signature than 'metadata'");
        }

        var items = new Dictionary<Guid, VhdxItem>();
        for (var i = 1; i <= count; i++)
        {
            var entry = table.AsSpan(i * EntryLength, EntryLength);
            var item = new Guid(entry[..16]);
            var offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
            var at = region.Offset + i * EntryLength;
            if (item == FileParameters || item == VirtualDiskSize || item == LogicalSectorSizeItem || item == ParentLocatorItem)
            {
                if (length > MaximumItemLength || offset < TableLength || offset > region.Length - length)
                {
                    throw VhdxFormat.Corrupt(at, $"the metadata item {item} has {length} bytes at {offset}; at most {MaximumItemLength} inside the region are allowed");
                }

                items[item] = new VhdxItem(region.Offset + offset, source.ReadBytes(region.Offset + offset, (int)length));
            }
            else if ((BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]) & RequiredFlag) != 0 && item != PhysicalSectorSize && item != VirtualDiskIdentifier)
            {
                throw VhdxFormat.Unsupported(at, $"the metadata item {item} is required and not known");
            }
        }

        return items;
    }

    private static VhdxItem Require(Dictionary<Guid, VhdxItem> items, Guid item, string name, int length) =>
        items.TryGetValue(item, out var found) && found.Bytes.Length >= length
            ? found
            : throw VhdxFormat.Corrupt(found?.Offset ?? 0, $"the metadata item of the {name} is missing or shorter than {length} bytes");

    private static (long Offset, uint Value) ReadUInt32(Dictionary<Guid, VhdxItem> items, Guid item, string name, Predicate<uint> allowed, string expected)
    {
        var found = Require(items, item, name, sizeof(uint));
        var value = BinaryPrimitives.ReadUInt32LittleEndian(found.Bytes);
        return allowed(value) ? (found.Offset, value) : throw VhdxFormat.Corrupt(found.Offset, $"the {name} is {value}, expected {expected}");
    }
}

/// <summary>The bytes of one item of metadata, and where they lie.</summary>
internal sealed record VhdxItem(long Offset, byte[] Bytes);
