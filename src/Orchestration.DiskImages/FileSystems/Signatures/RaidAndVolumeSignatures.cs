using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.Signatures;

/// <summary>
/// Containers that other volumes are made from. They are looked for before file systems: the member of a mirror, for one, also shows the
/// file system that it mirrors.
/// </summary>
internal static class RaidAndVolumeSignatures
{
    private const uint MdMagic = 0xa92b4efc;

    public static FileSystemIdentity? Identify(VolumeHead head) =>
        IdentifyMd(head) ?? IdentifyOldMd(head) ?? IdentifyLvm(head) ?? IdentifyLuks(head) ?? IdentifyBitLocker(head);

    // Version 1 superblocks stand at the end (1.0), at the start (1.1) or 4 KiB into the member (1.2).
    private static FileSystemIdentity? IdentifyMd(VolumeHead head)
    {
        const int SuperblockLength = 256;
        foreach (var offset in (long[])[0, 4096, (head.Length - 8192) & ~4095L])
        {
            if (head.ReadAt(offset, SuperblockLength) is { Length: > 0 } superblock
                && BinaryPrimitives.ReadUInt32LittleEndian(superblock) == MdMagic
                && BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(4)) == 1)
            {
                return new FileSystemIdentity("linux_raid_member", Signature.FormatUuid(superblock.AsSpan(16, 16)), Signature.ReadText(superblock.AsSpan(32, 32)), null);
            }
        }

        return null;
    }

    private static FileSystemIdentity? IdentifyOldMd(VolumeHead head)
    {
        const int Reserved = 64 * 1024;
        var superblock = head.ReadAt((head.Length & ~(Reserved - 1L)) - Reserved, 64);
        if (superblock.Length == 0 || BinaryPrimitives.ReadUInt32LittleEndian(superblock) != MdMagic || BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(4)) != 0)
        {
            return null;
        }

        Span<byte> uuid = stackalloc byte[16];
        superblock.AsSpan(20, 4).CopyTo(uuid);
        superblock.AsSpan(52, 12).CopyTo(uuid[4..]);
        for (var word = 0; word < 4; word++)
        {
            uuid.Slice(word * 4, 4).Reverse();
        }

        return new FileSystemIdentity("linux_raid_member", Signature.FormatUuid(uuid), null, null);
    }

    private static FileSystemIdentity? IdentifyLvm(VolumeHead head)
    {
        const int Sector = 512;
        const int UuidLength = 32;
        for (var label = 0; label < 4 * Sector; label += Sector)
        {
            if (!head.Has(label, "LABELONE"u8) || !head.Has(label + 24, "LVM2 001"u8))
            {
                continue;
            }

            var header = head.U32(label + 20);
            var uuid = header <= Sector - UuidLength ? Encoding.ASCII.GetString(head.Slice(label + (int)header, UuidLength)) : null;
            return new FileSystemIdentity("LVM2_member", uuid is null ? null : Hyphenate(uuid), null, null);
        }

        return null;
    }

    private static FileSystemIdentity? IdentifyLuks(VolumeHead head)
    {
        if (!head.Has(0, [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xba, 0xbe]))
        {
            return null;
        }

        const int Version2 = 2;
        var label = BinaryPrimitives.ReadUInt16BigEndian(head.Slice(6, 2)) == Version2 ? Signature.ReadText(head.Slice(24, 48)) : null;
        return new FileSystemIdentity("crypto_LUKS", Signature.ReadText(head.Slice(168, 40)), label, null);
    }

    private static FileSystemIdentity? IdentifyBitLocker(VolumeHead head) =>
        head.Has(3, "-FVE-FS-"u8) ? new FileSystemIdentity("BitLocker", null, null, null) : null;

    // Six, five times four, six.
    private static string Hyphenate(string uuid)
    {
        var groups = new List<string> { uuid[..6] };
        for (var position = 6; position < 26; position += 4)
        {
            groups.Add(uuid.Substring(position, 4));
        }

        groups.Add(uuid[26..]);
        return string.Join('-', groups);
    }
}
