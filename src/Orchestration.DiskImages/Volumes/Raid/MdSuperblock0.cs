using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Raid;

/// <summary>Superblocks of version 0.90, in the byte order of the machine that wrote them; those of little-endian machines are read (mdp_super_t).</summary>
internal static class MdSuperblock0
{
    private const uint Magic = 0xa92b4efc;
    private const int Reserved = 64 * 1024;
    private const int Length = 4096;

    // Positions are in words of 32 bits.
    private const int ChecksumWord = 38;
    private const int DisksWord = 128;
    private const int DiskWords = 32;
    private const int ThisDiskWord = 992;
    private const int MaximumMembers = 27;
    private const uint InSync = 1 << 2;
    private const uint Faulty = 1;

    public static MdSuperblock? TryRead(IByteSource volume)
    {
        var offset = (volume.Length & ~(Reserved - 1L)) - Reserved;
        if (offset < 0)
        {
            return null;
        }

        var bytes = volume.ReadBytes(offset, Length);
        uint Word(int index) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(index * sizeof(uint)));
        if (Word(0) != Magic || Word(1) != 0)
        {
            return null;
        }

        var expected = Word(ChecksumWord);
        bytes.AsSpan(ChecksumWord * sizeof(uint), sizeof(uint)).Clear();
        if (MdSuperblock.Sum(bytes) != expected)
        {
            throw MdSuperblock.Corrupt(offset, $"the superblock has checksum 0x{MdSuperblock.Sum(bytes):x8}, expected 0x{expected:x8}");
        }

        var members = Word(10);
        if (members is 0 or > MaximumMembers)
        {
            throw MdSuperblock.Corrupt(offset + 10 * sizeof(uint), $"{members} members, expected 1 to {MaximumMembers}");
        }

        // What this member is stands once for itself and, as the array knows it, in the table of all.
        var role = Word(ThisDiskWord + 3);
        var number = Word(ThisDiskWord);
        var state = number < MaximumMembers ? Word(DisksWord + (int)number * DiskWords + 4) : Faulty;
        return new MdSuperblock
        {
            ArrayId = FormatId(bytes),
            PreferredMinor = (int)(Word(11) & 0xff),
            Level = (int)Word(7),
            Layout = (int)Word(64),
            ChunkSize = Word(65),
            MemberCount = (int)members,
            UsedLength = Word(8) * 1024L,
            DataOffset = 0,
            DataLength = offset,
            Role = role < members && (state & Faulty) == 0 && (state & InSync) != 0 ? (int)role : MdSuperblock.NoRole,
            Events = Word(39) | (ulong)Word(40) << 32,
            IsRecovering = false,
            IsResyncing = Word(43) != uint.MaxValue,
            Obstacle = Word(2) switch { 90 => null, 91 => "the array is being reshaped", var minor => $"superblock version 0.{minor}" },
        };
    }

    private static string FormatId(byte[] bytes)
    {
        Span<byte> id = stackalloc byte[16];
        bytes.AsSpan(5 * sizeof(uint), sizeof(uint)).CopyTo(id);
        bytes.AsSpan(13 * sizeof(uint), 3 * sizeof(uint)).CopyTo(id[sizeof(uint)..]);
        for (var word = 0; word < 4; word++)
        {
            id.Slice(word * sizeof(uint), sizeof(uint)).Reverse();
        }

        return new Guid(id, bigEndian: true).ToString("D");
    }
}
