using System.Globalization;
using System.Text;
using Orchestration.DiskImages.FileSystems.Btrfs;
using Orchestration.DiskImages.FileSystems.Ext;
using Orchestration.DiskImages.FileSystems.Xfs;

namespace Orchestration.DiskImages.FileSystems.Signatures;

/// <summary>File systems and swap areas, with identity fields as blkid prints them.</summary>
internal static class FileSystemSignatures
{
    private static readonly int[] PageSizes = [4096, 8192, 16384, 32768, 65536];

    public static FileSystemIdentity? Identify(VolumeHead head) =>
        XfsSuperblock.Identify(head.Slice(0, XfsSuperblock.Length))
        ?? BtrfsSuperblock.Identify(head.Slice(BtrfsSuperblock.Offset, BtrfsSuperblock.Length))
        ?? ExtSuperblock.Identify(head.Slice(ExtSuperblock.Offset, ExtSuperblock.Length))
        ?? IdentifySwap(head)
        ?? IdentifyNtfs(head)
        ?? IdentifyExFat(head)
        ?? FatSignature.Identify(head)
        ?? IdentifyIso9660(head)
        ?? IdentifySquashFs(head);

    private static FileSystemIdentity? IdentifySwap(VolumeHead head)
    {
        foreach (var pageSize in PageSizes)
        {
            if (head.Has(pageSize - 10, "SWAPSPACE2"u8))
            {
                const int Header = 1024;
                return new FileSystemIdentity(
                    "swap",
                    Signature.FormatUuid(head.Slice(Header + 12, 16)),
                    Signature.ReadText(head.Slice(Header + 28, 16)),
                    Multiply(head.U32(Header + 4) + 1UL, (uint)pageSize));
            }

            if (head.Has(pageSize - 10, "SWAP-SPACE"u8))
            {
                return new FileSystemIdentity("swap", null, null, null);
            }
        }

        return null;
    }

    private static FileSystemIdentity? IdentifyNtfs(VolumeHead head) =>
        head.Has(3, "NTFS    "u8)
            ? new FileSystemIdentity("ntfs", head.U64(0x48).ToString("X16", CultureInfo.InvariantCulture), null, Multiply(head.U64(0x28), head.U16(0x0b)))
            : null;

    private static FileSystemIdentity? IdentifyExFat(VolumeHead head)
    {
        if (!head.Has(3, "EXFAT   "u8))
        {
            return null;
        }

        var sectorShift = head.Slice(0x6c, 1)[0];
        return new FileSystemIdentity("exfat", FatSignature.FormatSerial(head.U32(0x64)), null, sectorShift is >= 9 and <= 12 ? Multiply(head.U64(0x48), 1u << sectorShift) : null);
    }

    private static FileSystemIdentity? IdentifyIso9660(VolumeHead head)
    {
        const int Descriptor = 0x8000;
        return head.Has(Descriptor + 1, "CD001"u8)
            ? new FileSystemIdentity("iso9660", FormatIsoDate(head), Signature.ReadText(head.Slice(Descriptor + 40, 32)), Multiply(head.U32(Descriptor + 80), head.U16(Descriptor + 128))) { FreeBytes = 0 }
            : null;
    }

    // An ISO 9660 volume has no identifier; blkid makes one of the time of its last modification, or else creation.
    private static string? FormatIsoDate(VolumeHead head)
    {
        foreach (var offset in (int[])[0x8000 + 830, 0x8000 + 813])
        {
            var digits = Encoding.ASCII.GetString(head.Slice(offset, 16));
            if (digits.All(char.IsAsciiDigit) && digits.Any(digit => digit != '0'))
            {
                return string.Join('-', [digits[..4], .. Enumerable.Range(2, 6).Select(pair => digits.Substring(pair * 2, 2))]);
            }
        }

        return null;
    }

    private static FileSystemIdentity? IdentifySquashFs(VolumeHead head) =>
        head.Has(0, "hsqs"u8) ? new FileSystemIdentity("squashfs", null, null, Multiply(head.U64(40), 1)) { FreeBytes = 0 } : null;

    // A size that does not fit is as good as none: nothing is allocated by it.
    private static long? Multiply(ulong count, uint unit) => unit != 0 && count <= (ulong)long.MaxValue / unit ? (long)(count * unit) : null;
}
