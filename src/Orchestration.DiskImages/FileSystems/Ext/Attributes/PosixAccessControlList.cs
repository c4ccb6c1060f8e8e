using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Ext.Attributes;

/// <summary>
/// POSIX access control lists. ext stores them more tightly than the kernel presents them; readers of attributes expect the presented form:
/// version 2, then eight bytes an entry.
/// </summary>
internal static class PosixAccessControlList
{
    private const int HeaderLength = 4;
    private const uint StoredVersion = 1;
    private const uint PresentedVersion = 2;
    private const ushort UserTag = 0x02;
    private const ushort GroupTag = 0x08;

    public static bool IsOne(string attributeName) => attributeName is "system.posix_acl_access" or "system.posix_acl_default";

    public static byte[] Convert(ReadOnlySpan<byte> stored, long at)
    {
        if (stored.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(stored) != StoredVersion)
        {
            throw ExtVolume.Corrupt(at, $"an access control list of {stored.Length} bytes is not of version {StoredVersion}");
        }

        using var presented = new MemoryStream();
        Span<byte> entry = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, PresentedVersion);
        presented.Write(entry[..HeaderLength]);
        for (stored = stored[HeaderLength..]; !stored.IsEmpty;)
        {
            var hasId = stored.Length >= 2 && BinaryPrimitives.ReadUInt16LittleEndian(stored) is UserTag or GroupTag;
            var length = hasId ? 8 : 4;
            if (stored.Length < length)
            {
                throw ExtVolume.Corrupt(at, "an access control list ends within an entry");
            }

            stored[..length].CopyTo(entry);
            if (!hasId)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], uint.MaxValue);
            }

            presented.Write(entry);
            stored = stored[length..];
        }

        return presented.ToArray();
    }
}
