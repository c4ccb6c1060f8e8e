namespace Orchestration.DiskImages.Checksums;

/// <summary>CRC-16 (polynomial 0x8005, reflected), as ext4 stores it for group descriptors without metadata checksums.</summary>
internal static class Crc16
{
    public static ushort Append(ushort checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            checksum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                checksum = (ushort)((checksum & 1) != 0 ? checksum >> 1 ^ 0xa001 : checksum >> 1);
            }
        }

        return checksum;
    }
}
