using System.Buffers.Binary;

namespace Orchestration.Inspection.Tests.Packages.Rpm;

/// <summary>Writes <c>Packages.db</c> by the description in rpm's <c>rpmpkg.c</c>: no tool of Debian can.</summary>
internal static class NdbBuilder
{
    private const int PageLength = 4096;

    public static byte[] Build(IReadOnlyList<(uint Number, byte[] Content)> headers)
    {
        var blobs = headers.Select(header => MakeBlob(header.Number, header.Content)).ToList();
        var file = new byte[PageLength + blobs.Sum(blob => blob.Length)];
        "RpmP"u8.CopyTo(file);
        Write(file, 8, 5);
        Write(file, 12, 1);
        Write(file, 16, headers.Max(header => header.Number) + 1);
        for (var slot = 2; slot < PageLength / 16; slot++)
        {
            "Slot"u8.CopyTo(file.AsSpan(slot * 16));
        }

        var offset = PageLength;
        for (var index = 0; index < blobs.Count; index++)
        {
            // A slot between two packages is free, as after a removal.
            var slot = 16 * (2 + (2 * index));
            Write(file, slot + 4, headers[index].Number);
            Write(file, slot + 8, (uint)offset / 16);
            Write(file, slot + 12, (uint)blobs[index].Length / 16);
            blobs[index].CopyTo(file, offset);
            offset += blobs[index].Length;
        }

        return file;
    }

    private static byte[] MakeBlob(uint number, byte[] content)
    {
        var blob = new byte[(16 + content.Length + 12 + 15) / 16 * 16];
        "BlbS"u8.CopyTo(blob);
        Write(blob, 4, number);
        Write(blob, 8, 1_700_000_000);
        Write(blob, 12, (uint)content.Length);
        content.CopyTo(blob, 16);
        uint low = 1, high = 0;
        foreach (var value in blob[..^12])
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        Write(blob, blob.Length - 12, (high << 16) | low);
        Write(blob, blob.Length - 8, (uint)content.Length);
        "BlbE"u8.CopyTo(blob.AsSpan(blob.Length - 4));
        return blob;
    }

    private static void Write(byte[] bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
}
