namespace Orchestration.DiskImages.Checksums;

/// <summary>The CRC-32 of LVM2: the usual polynomial, reflected, with a start value of its own and no final inversion.</summary>
internal static class Crc32Lvm
{
    private const uint Polynomial = 0xedb88320;
    private const uint Start = 0xf597a6cf;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(MakeEntry)];

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = Start;
        foreach (var value in bytes)
        {
            crc = Table[(byte)crc ^ value] ^ crc >> 8;
        }

        return crc;
    }

    private static uint MakeEntry(int value)
    {
        var entry = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            entry = (entry & 1) != 0 ? Polynomial ^ entry >> 1 : entry >> 1;
        }

        return entry;
    }
}
