using System.Buffers.Binary;
using System.Numerics;

namespace Orchestration.DiskImages.Checksums;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>Continues a checksum without the customary inversion at start and end, as ext4, XFS and btrfs store it.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }

    public static uint AppendLittleEndian(uint checksum, uint value) => BitOperations.Crc32C(checksum, value);
}
