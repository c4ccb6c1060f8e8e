using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Raid;

/// <summary>Superblocks of versions 1.0, 1.1 and 1.2, which differ in their place only (struct mdp_superblock_1).</summary>
internal static class MdSuperblock1
{
    private const uint Magic = 0xa92b4efc;
    private const int Sector = 512;
    private const int Length = 256;
    private const int ChecksumOffset = 216;
    private const int NamesOfRolesStart = 256;
    private const int MaximumRoles = 1920;

    private const uint RecoveryFeature = 1 << 1;
    private const uint ReshapeFeature = 1 << 2;
    private const uint JournalFeature = 1 << 9;
    private const uint KnownFeatures = 0x1fff;

    public static MdSuperblock? TryRead(IByteSource volume, long offset)
    {
        if (offset < 0 || offset > volume.Length - Length)
        {
            return null;
        }

        var head = volume.ReadBytes(offset, Length);
        if (U32(head, 0) != Magic || U32(head, 4) != 1)
        {
            return null;
        }

        var roles = U32(head, 220);
        if (roles > MaximumRoles || offset > volume.Length - Length - roles * sizeof(ushort))
        {
            throw MdSuperblock.Corrupt(offset + 220, $"{roles} roles, expected at most {MaximumRoles} inside the member");
        }

        var bytes = volume.ReadBytes(offset, Length + (int)roles * sizeof(ushort));
        var expected = U32(bytes, ChecksumOffset);
        bytes.AsSpan(ChecksumOffset, sizeof(uint)).Clear();
        return MdSuperblock.Sum(bytes) == expected
            ? Parse(bytes, offset, volume.Length)
            : throw MdSuperblock.Corrupt(offset, $"the superblock has checksum 0x{MdSuperblock.Sum(bytes):x8}, expected 0x{expected:x8}");
    }

    private static MdSuperblock Parse(byte[] bytes, long offset, long volumeLength)
    {
        var features = U32(bytes, 8);
        var members = U32(bytes, 92);
        var dataOffset = U64(bytes, 128);
        var dataLength = U64(bytes, 136);
        var used = U64(bytes, 80);
        var limit = (ulong)volumeLength / Sector;
        if (members is 0 or > MdSuperblock.MaximumMembers || dataOffset > limit || dataLength > limit - dataOffset || used > long.MaxValue / Sector)
        {
            throw MdSuperblock.Corrupt(offset, $"{members} members with {dataLength} sectors of data at {dataOffset}, on a member of {limit} sectors");
        }

        var number = U32(bytes, 160);
        var roles = (bytes.Length - NamesOfRolesStart) / sizeof(ushort);
        var role = number < roles ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(NamesOfRolesStart + (int)number * sizeof(ushort))) : ushort.MaxValue;
        return new MdSuperblock
        {
            ArrayId = new Guid(bytes.AsSpan(16, 16), bigEndian: true).ToString("D"),
            Name = Signature.ReadText(bytes.AsSpan(32, 32)),
            Level = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(72)),
            Layout = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(76)),
            ChunkSize = (long)U32(bytes, 88) * Sector,
            MemberCount = (int)members,
            UsedLength = (long)used * Sector,
            DataOffset = (long)dataOffset * Sector,
            DataLength = (long)dataLength * Sector,
            Role = role < members ? role : MdSuperblock.NoRole,
            Events = U64(bytes, 200),
            IsRecovering = (features & RecoveryFeature) != 0,
            IsResyncing = U64(bytes, 208) != ulong.MaxValue,
            Obstacle = (features & ReshapeFeature) != 0 ? "the array is being reshaped"
                : (features & JournalFeature) != 0 ? "the array has a write journal"
                : (features & ~KnownFeatures) != 0 ? $"unknown features 0x{features & ~KnownFeatures:x}"
                : null,
        };
    }

    private static uint U32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
}
