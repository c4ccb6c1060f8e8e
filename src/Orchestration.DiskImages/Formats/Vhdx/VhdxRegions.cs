using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>Where the block allocation table and the metadata lie.</summary>
internal sealed record VhdxRegions(ByteRange BlockTable, ByteRange Metadata)
{
    private const int Length = 64 * 1024;
    private const int FirstOffset = 192 * 1024;
    private const int SecondOffset = 256 * 1024;
    private const int FirstEntry = 16;
    private const int EntryLength = 32;
    private const int MaximumEntries = 2047;

    private static readonly Guid BlockTableRegion = new("2dc27766-f623-4200-9d64-115e9bfd4a08");
    private static readonly Guid MetadataRegion = new("8b7ca206-4790-4b9a-b8fe-575f050f886e");

    /// <summary>The first of the two region tables whose checksum is right.</summary>
    public static VhdxRegions Read(IByteSource source)
    {
        foreach (var offset in (ReadOnlySpan<int>)[FirstOffset, SecondOffset])
        {
            if (source.Length < offset + Length)
            {
                continue;
            }

            var table = source.ReadBytes(offset, Length);
            if (table.AsSpan().StartsWith("regi"u8) && VhdxFormat.HasRightChecksum(table))
            {
                return Parse(table, offset, source.Length);
            }
        }

        throw VhdxFormat.Corrupt(FirstOffset, "neither of the two region tables has the signature 'regi' and a right checksum");
    }

    private static VhdxRegions Parse(byte[] table, long at, long sourceLength)
    {
        var count = BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(8));
        if (count > MaximumEntries)
        {
            throw VhdxFormat.Corrupt(at + 8, $"{count} regions, expected at most {MaximumEntries}");
        }

        ByteRange? blocks = null;
        ByteRange? metadata = null;
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(FirstEntry + i * EntryLength, EntryLength);
            var region = new Guid(entry[..16]);
            var range = new ByteRange(BinaryPrimitives.ReadInt64LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]));
            if (region == BlockTableRegion)
            {
                blocks = range;
            }
            else if (region == MetadataRegion)
            {
                metadata = range;
            }
            else if ((entry[28] & 1) != 0)
            {
                throw VhdxFormat.Unsupported(at + FirstEntry + i * EntryLength, $"region {region} is required and not known");
            }
        }

        return new VhdxRegions(Require(blocks, "block allocation table"), Require(metadata, "metadata"));

        ByteRange Require(ByteRange? region, string name) => region switch
        {
            null => throw VhdxFormat.Corrupt(at, $"there is no region of the {name}"),
            { Offset: < VhdxFormat.Megabyte } range => throw VhdxFormat.Corrupt(at, $"the {name} lies at {range.Offset}, within the headers"),
            { } range when range.Offset > sourceLength - range.Length =>
                throw VhdxFormat.Corrupt(at, $"the {name} of {range.Length} bytes at {range.Offset} goes beyond the end of the image ({sourceLength}): it is truncated"),
            { } range => range,
        };
    }
}
