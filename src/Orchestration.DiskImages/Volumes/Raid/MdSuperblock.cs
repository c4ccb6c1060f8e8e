using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Raid;

/// <summary>What a member of an md array says of itself and of the array. Rules: Linux, include/uapi/linux/raid/md_p.h.</summary>
internal sealed record MdSuperblock
{
    public const string Layer = "md";

    /// <summary>A role that is none: spare, faulty or journal.</summary>
    public const int NoRole = -1;

    /// <summary>Largest number of members of an array.</summary>
    public const int MaximumMembers = 384;

    /// <summary>UUID of the array, 32 hexadecimal digits with hyphens, as blkid prints it.</summary>
    public required string ArrayId { get; init; }

    /// <summary>Name of the array; null where it has none (0.90).</summary>
    public string? Name { get; init; }

    /// <summary>Number that the array would like to have; null where it has a name instead.</summary>
    public int? PreferredMinor { get; init; }

    /// <summary>0, 1, 4, 5, 6, 10; -1 for linear.</summary>
    public required int Level { get; init; }

    public required int Layout { get; init; }

    /// <summary>Bytes in a chunk; 0 for levels without.</summary>
    public required long ChunkSize { get; init; }

    public required int MemberCount { get; init; }

    /// <summary>Bytes used of each member, for levels that use the same of all; 0 otherwise.</summary>
    public required long UsedLength { get; init; }

    /// <summary>Where the data begins on this member.</summary>
    public required long DataOffset { get; init; }

    /// <summary>Bytes of data space on this member.</summary>
    public required long DataLength { get; init; }

    /// <summary>Place of this member in the array, from zero, or <see cref="NoRole"/>.</summary>
    public required int Role { get; init; }

    /// <summary>Grows with every change: a member with fewer than the others was left behind.</summary>
    public required ulong Events { get; init; }

    /// <summary>How far this member had been rebuilt; long.MaxValue where it is whole.</summary>
    public required bool IsRecovering { get; init; }

    /// <summary>Whether mirrors or parity may not agree everywhere yet.</summary>
    public required bool IsResyncing { get; init; }

    /// <summary>Why the array cannot be read, in words; null where it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Reads the superblock of a member, wherever it stands.</summary>
    /// <exception cref="DiskImageException">There is none, or it is damaged.</exception>
    public static MdSuperblock Read(IByteSource volume)
    {
        foreach (var offset in (long[])[0, 4096, volume.Length - 8192 & ~4095L])
        {
            if (MdSuperblock1.TryRead(volume, offset) is { } superblock)
            {
                return superblock;
            }
        }

        return MdSuperblock0.TryRead(volume) ?? throw Corrupt(0, "no superblock of an array with a right checksum is where one can be");
    }

    public static DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    /// <summary>The sum of all 32-bit words, with a last half one where there is one, folded into 32 bits.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
        {
            sum += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }

        sum += bytes.Length == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 0u;
        return (uint)((sum & uint.MaxValue) + (sum >> 32));
    }
}
