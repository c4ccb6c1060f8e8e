using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhd;

/// <summary>The header of a dynamic or differencing VHD image, checked.</summary>
internal sealed record VhdHeader
{
    private const int Length = 1024;
    private const int MaximumBlockSize = 256 * 1024 * 1024;
    private const int ChecksumOffset = 36;

    /// <summary>For each block the sector at which it is stored, bitmap first.</summary>
    public required EntryTable BlockTable { get; init; }

    /// <summary>Virtual bytes in a block: a power of two from 512 to 256 MiB.</summary>
    public required int BlockSize { get; init; }

    /// <summary>The identifier that the parent of a differencing disk must have.</summary>
    public required Guid ParentIdentifier { get; init; }

    /// <summary>The header's own bytes, of which the parent locators are read when there is a parent.</summary>
    public required byte[] Bytes { get; init; }

    public required long Offset { get; init; }

    public static VhdHeader Read(IByteSource source, VhdFooter footer)
    {
        var at = footer.HeaderOffset;
        if (at < 0 || at > source.Length - Length)
        {
            throw VhdFooter.Corrupt(footer.Offset + 16, $"the header lies at {at}, the image ends at {source.Length}");
        }

        var bytes = source.ReadBytes(at, Length);
        if (!bytes.AsSpan().StartsWith("cxsparse"u8))
        {
            throw VhdFooter.Corrupt(at, "the header does not begin with 'cxsparse'");
        }

        var checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(ChecksumOffset));
        if (VhdFooter.ComputeChecksum(bytes, ChecksumOffset) is var expected && checksum != expected)
        {
            throw VhdFooter.Corrupt(at + ChecksumOffset, $"the checksum of the header is 0x{checksum:x8}, expected 0x{expected:x8}");
        }

        var blockSize = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(32));
        if (blockSize is < 512 or > MaximumBlockSize || !BitOperations.IsPow2(blockSize))
        {
            throw VhdFooter.Corrupt(at + 32, $"the block size is {blockSize}, expected a power of two from 512 to {MaximumBlockSize}");
        }

        var table = new EntryTable(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(28)));
        if (footer.VirtualSize > table.Count * blockSize)
        {
            throw VhdFooter.Corrupt(at + 28, $"the virtual size is {footer.VirtualSize}, the block allocation table covers {table.Count * blockSize}");
        }

        if (table.Offset < 0 || table.Offset > source.Length - table.Count * sizeof(uint))
        {
            throw VhdFooter.Corrupt(
                at + 16, $"the block allocation table of {table.Count} entries at {table.Offset} goes beyond the end of the image ({source.Length}): it is truncated");
        }

        return new VhdHeader
        {
            BlockTable = table,
            BlockSize = (int)blockSize,
            ParentIdentifier = new Guid(bytes.AsSpan(40, 16), bigEndian: true),
            Bytes = bytes,
            Offset = at,
        };
    }
}
