using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Xfs.Attributes;

/// <summary>
/// POSIX access control lists. XFS stores them big-endian in attributes of its own (struct xfs_acl); readers of attributes expect the form
/// that the kernel presents: version 2, then eight bytes an entry.
/// </summary>
internal static class AccessControlList
{
    private const int StoredHeaderLength = 4;
    private const int StoredEntryLength = 12;
    private const ushort UserTag = 0x02;
    private const ushort GroupTag = 0x08;

    /// <summary>The name under which the kernel presents the stored list; null for other attributes.</summary>
    public static string? PresentedName(string storedName) => storedName switch
    {
        "trusted.SGI_ACL_FILE" => "system.posix_acl_access",
        "trusted.SGI_ACL_DEFAULT" => "system.posix_acl_default",
        _ => null,
    };

    public static byte[] Convert(ReadOnlySpan<byte> stored, long at)
    {
        var count = stored.Length < StoredHeaderLength ? 0 : BinaryPrimitives.ReadUInt32BigEndian(stored);
        if (stored.Length < StoredHeaderLength || count > (stored.Length - StoredHeaderLength) / StoredEntryLength)
        {
            throw XfsVolume.Corrupt(at, $"an access control list of {stored.Length} bytes has {count} entries");
        }

        var presented = new byte[4 + count * 8];
        BinaryPrimitives.WriteUInt32LittleEndian(presented, 2);
        for (var index = 0; index < count; index++)
        {
            var entry = stored.Slice(StoredHeaderLength + index * StoredEntryLength, StoredEntryLength);
            var tag = (ushort)BinaryPrimitives.ReadUInt32BigEndian(entry);
            var target = presented.AsSpan(4 + index * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(target, tag);
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], BinaryPrimitives.ReadUInt16BigEndian(entry[8..]));
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], tag is UserTag or GroupTag ? BinaryPrimitives.ReadUInt32BigEndian(entry[4..]) : uint.MaxValue);
        }

        return presented;
    }
}
