using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>What all structures of a VHDX image share. Rules: Microsoft, [MS-VHDX] Virtual Hard Disk v2 File Format.</summary>
internal static class VhdxFormat
{
    public const string Layer = "vhdx";
    public const int Megabyte = 1024 * 1024;

    private const int ChecksumOffset = 4;

    /// <summary>Whether the checksum that every structure has after its signature is right.</summary>
    public static bool HasRightChecksum(ReadOnlySpan<byte> structure) =>
        BinaryPrimitives.ReadUInt32LittleEndian(structure[ChecksumOffset..]) == ComputeChecksum(structure);

    /// <summary>CRC-32C of the structure with its checksum taken as zero.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> structure)
    {
        var checksum = Crc32C.Append(uint.MaxValue, structure[..ChecksumOffset]);
        checksum = Crc32C.AppendLittleEndian(checksum, 0);
        return ~Crc32C.Append(checksum, structure[(ChecksumOffset + sizeof(uint))..]);
    }

    public static DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);
}
