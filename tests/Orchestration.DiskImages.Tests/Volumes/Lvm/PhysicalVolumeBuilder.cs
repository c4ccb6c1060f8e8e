using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.Tests.Volumes.Lvm;

/// <summary>A physical volume whose identifier is 32 times the letter i, with one area of metadata.</summary>
internal static class PhysicalVolumeBuilder
{
    public const int Area = 4096;
    public const int AreaLength = 8192;

    /// <param name="text">The metadata.</param>
    /// <param name="textOffset">Where in the area they begin; what does not fit goes on after the header.</param>
    /// <param name="labelSector">Where the label stands.</param>
    /// <param name="length">Bytes of the volume.</param>
    public static byte[] Build(string text, int textOffset = 512, int labelSector = 1, int length = Area + AreaLength)
    {
        var volume = new byte[length];
        var label = volume.AsSpan(labelSector * 512, 512);
        "LABELONE"u8.CopyTo(label);
        BinaryPrimitives.WriteInt64LittleEndian(label[8..], labelSector);
        BinaryPrimitives.WriteInt32LittleEndian(label[20..], 32);
        "LVM2 001"u8.CopyTo(label[24..]);
        label.Slice(32, 32).Fill((byte)'i');
        BinaryPrimitives.WriteInt64LittleEndian(label[88..], Area);
        BinaryPrimitives.WriteInt64LittleEndian(label[96..], AreaLength);

        // After the list of data areas, which is empty here: a zero offset ends it at 72.
        BinaryPrimitives.WriteUInt32LittleEndian(label[16..], Crc32Lvm.Compute(label[20..]));

        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = textOffset + i;
            volume[Area + (at < AreaLength ? at : at - AreaLength + 512)] = bytes[i];
        }

        var header = volume.AsSpan(Area, 512);
        " LVM2 x[5A%r0N*>"u8.CopyTo(header[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], textOffset);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[56..], Crc32Lvm.Compute(bytes));
        Seal(header);
        return volume;
    }

    /// <summary>Makes the checksum of a header right.</summary>
    public static void Seal(Span<byte> header) => BinaryPrimitives.WriteUInt32LittleEndian(header, Crc32Lvm.Compute(header[4..]));
}
