using System.Globalization;
using System.Numerics;

namespace Orchestration.DiskImages.FileSystems.Signatures;

/// <summary>FAT12, FAT16 and FAT32, told by a boot sector whose every field is possible: the signature bytes alone are shared with MBRs.</summary>
internal static class FatSignature
{
    private const int DirectoryEntryLength = 32;
    private const int MaximumRootBytes = 64 * 1024;

    public static FileSystemIdentity? Identify(VolumeHead head)
    {
        var bytesPerSector = head.U16(0x0b);
        var sectorsPerCluster = head.Bytes[0x0d];
        var reserved = head.U16(0x0e);
        var fatCount = head.Bytes[0x10];
        var media = head.Bytes[0x15];
        var shortFat = head.U16(0x16);
        var fatSectors = shortFat != 0 ? shortFat : head.U32(0x24);
        var isPossible = head.Bytes[0] is 0xeb or 0xe9
            && bytesPerSector is 512 or 1024 or 2048 or 4096
            && BitOperations.IsPow2(sectorsPerCluster) && sectorsPerCluster != 0
            && reserved != 0
            && fatCount is 1 or 2
            && media is 0xf0 or >= 0xf8
            && fatSectors != 0;
        if (!isPossible)
        {
            return null;
        }

        var isFat32 = shortFat == 0;
        var serial = head.U32(isFat32 ? 0x43 : 0x27);
        var sectors = head.U16(0x13) is not 0 and var few ? few : head.U32(0x20);
        var dataStart = (reserved + (long)fatCount * fatSectors) * bytesPerSector;
        var root = isFat32 ? dataStart + (Math.Max(2, head.U32(0x2c)) - 2L) * sectorsPerCluster * bytesPerSector : dataStart;
        var rootLength = isFat32 ? sectorsPerCluster * bytesPerSector : head.U16(0x11) * DirectoryEntryLength;
        return new FileSystemIdentity("vfat", FormatSerial(serial), ReadLabel(head, root, rootLength), (long)sectors * bytesPerSector)
        {
            FreeBytes = isFat32 ? ReadFree(head, bytesPerSector, sectorsPerCluster, sectors) : null,
        };
    }

    // FAT32 keeps a count of free clusters beside the boot sector (FSInfo), which may be unknown.
    private static long? ReadFree(VolumeHead head, int bytesPerSector, int sectorsPerCluster, long sectors)
    {
        var information = head.U16(0x30) * bytesPerSector;
        return information <= head.Bytes.Length - bytesPerSector && head.Has(information, "RRaA"u8) && head.Has(information + 484, "rrAa"u8)
            && head.U32(information + 488) is var free && free <= sectors / sectorsPerCluster
            ? (long)free * sectorsPerCluster * bytesPerSector
            : null;
    }

    public static string? FormatSerial(uint serial) =>
        serial == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{serial >> 16:X4}-{serial & 0xffff:X4}");

    // The label that counts is an entry of the root directory; the one in the boot sector is often stale.
    private static string? ReadLabel(VolumeHead head, long root, int length)
    {
        const byte LabelAttribute = 0x08;
        const byte LongNameAttributes = 0x0f;
        const byte Deleted = 0xe5;
        var entries = head.ReadAt(root, Math.Min(length, MaximumRootBytes)).AsSpan();
        for (; entries.Length >= DirectoryEntryLength && entries[0] != 0; entries = entries[DirectoryEntryLength..])
        {
            if (entries[0] != Deleted && (entries[11] & LabelAttribute) != 0 && (entries[11] & 0x3f) != LongNameAttributes)
            {
                return Signature.ReadText(entries[..11]);
            }
        }

        return null;
    }
}
