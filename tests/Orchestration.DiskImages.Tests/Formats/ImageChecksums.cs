using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Vhd;
using Orchestration.DiskImages.Formats.Vhdx;
using Orchestration.DiskImages.Tests.Formats.Vhdx;

namespace Orchestration.DiskImages.Tests.Formats;

/// <summary>Makes the checksums of a damaged VHD or VHDX image right, so that what they guard is parsed.</summary>
internal static class ImageChecksums
{
    public static void Repair(byte[] image)
    {
        if (image.AsSpan().StartsWith("vhdxfile"u8))
        {
            foreach (var (offset, length) in (ReadOnlySpan<(int, int)>)[(VhdxBuilder.Header, 4096), (VhdxBuilder.SecondHeader, 4096), (VhdxBuilder.Regions, 65536), (VhdxBuilder.SecondRegions, 65536)])
            {
                RepairVhdx(image, offset, length);
            }

            RepairVhdx(image, VhdxBuilder.Log, 2 * LogBuilder.Sector);
            RepairVhdx(image, VhdxBuilder.Log + 2 * LogBuilder.Sector, LogBuilder.Sector);
        }

        foreach (var offset in (ReadOnlySpan<int>)[0, 512, image.Length - 512])
        {
            RepairVhd(image, offset);
        }
    }

    private static void RepairVhdx(byte[] image, int offset, int length)
    {
        if (offset + length <= image.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(offset + 4), VhdxFormat.ComputeChecksum(image.AsSpan(offset, length)));
        }
    }

    private static void RepairVhd(byte[] image, int offset)
    {
        if (offset >= 0 && offset + 512 <= image.Length && image.AsSpan(offset).StartsWith("conectix"u8))
        {
            BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(offset + 64), VhdFooter.ComputeChecksum(image.AsSpan(offset, 512), 64));
        }
        else if (offset >= 0 && offset + 1024 <= image.Length && image.AsSpan(offset).StartsWith("cxsparse"u8))
        {
            BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(offset + 36), VhdFooter.ComputeChecksum(image.AsSpan(offset, 1024), 36));
        }
    }
}
