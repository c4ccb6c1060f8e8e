using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestration.DiskImages.Tests.Volumes.Encryption;

/// <summary>Changes the headers of LUKS volumes of version 2, with their checksums made right again.</summary>
internal static class LuksHeaders
{
    private const int BinaryLength = 4096;

    /// <summary>Replaces a text in the JSON of both copies.</summary>
    public static void Rewrite(byte[] disk, string old, string replacement)
    {
        var length = (int)BinaryPrimitives.ReadInt64BigEndian(disk.AsSpan(8));
        foreach (var start in (int[])[0, length])
        {
            var area = disk.AsSpan(start + BinaryLength, length - BinaryLength);
            var text = Encoding.UTF8.GetString(area[..area.IndexOf((byte)0)]).Replace(old, replacement, StringComparison.Ordinal);
            area.Clear();
            Encoding.UTF8.GetBytes(text, area);
            Seal(disk.AsSpan(start, length));
        }
    }

    /// <summary>Makes the checksum of a copy right.</summary>
    public static void Seal(Span<byte> header)
    {
        header.Slice(448, 64).Clear();
        SHA256.HashData(header).CopyTo(header[448..]);
    }
}
