using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log;

/// <summary>
/// Inodes are logged in the byte order of the machine (struct xfs_log_dinode), and the roots of their extent trees as blocks; both are stored
/// otherwise.
/// </summary>
internal static class LoggedInode
{
    private const int Version2Length = 96;
    private const int Version3Length = 176;
    private const int KeyLength = 8;

    // Offset and width of every number, times aside.
    private static readonly (int Offset, int Width)[] Numbers =
    [
        (0, 2), (2, 2), (6, 2), (8, 4), (12, 4), (16, 4), (20, 2), (22, 2), (56, 8), (64, 8), (72, 4), (76, 4), (80, 2), (84, 4), (88, 2), (90, 2), (92, 4),
    ];

    private static readonly (int Offset, int Width)[] Version3Numbers = [(24, 8), (104, 8), (120, 8), (128, 4), (152, 8)];

    /// <summary>Copies everything but the forks, the link to the next unlinked inode, the sequence number and the checksum.</summary>
    public static void CopyCore(ReadOnlySpan<byte> logged, Span<byte> inode, long at)
    {
        const int VersionOffset = 4;
        const int FlushCountOffset = 30;
        const int Flags2Offset = 120;
        var isVersion3 = logged.Length >= Version3Length && logged[VersionOffset] == 3;
        if (logged.Length < Version2Length || inode.Length < Version3Length || isVersion3 != (logged[VersionOffset] == 3))
        {
            throw XfsVolume.Corrupt(at, $"the log holds an inode of {logged.Length} bytes");
        }

        logged.Slice(VersionOffset, 2).CopyTo(inode[VersionOffset..]);
        logged.Slice(82, 2).CopyTo(inode[82..]);
        Reverse(Numbers, logged, inode);
        var hasBigTimes = isVersion3 && ((XfsInodeFlags2)BinaryPrimitives.ReadUInt64LittleEndian(logged[Flags2Offset..])).HasFlag(XfsInodeFlags2.BigTime);
        int[] times = isVersion3 ? [32, 40, 48, 144] : [32, 40, 48];
        Reverse(times.SelectMany(offset => hasBigTimes ? [(offset, 8)] : new[] { (offset, 4), (offset + 4, 4) }), logged, inode);
        if (isVersion3)
        {
            Reverse(Version3Numbers, logged, inode);
            logged.Slice(160, 16).CopyTo(inode[160..]);
        }
        else
        {
            inode.Slice(FlushCountOffset, 2).Clear();
        }
    }

    /// <summary>A free inode, as creating a chunk of them leaves it.</summary>
    public static byte[] CreateFree(XfsSuperblock superblock, ulong number, uint generation)
    {
        var inode = new byte[superblock.InodeSize];
        BinaryPrimitives.WriteUInt16BigEndian(inode, 0x494e);
        inode[4] = superblock.IsVersion5 ? (byte)3 : (byte)2;
        BinaryPrimitives.WriteUInt32BigEndian(inode.AsSpan(92), generation);
        BinaryPrimitives.WriteUInt32BigEndian(inode.AsSpan(96), uint.MaxValue);
        if (superblock.IsVersion5)
        {
            BinaryPrimitives.WriteUInt64BigEndian(inode.AsSpan(152), number);
            superblock.MetadataUuid.CopyTo(inode.AsSpan(160));
        }

        return inode;
    }

    /// <summary>The root of an extent tree is logged with the header of a block, and stored with level and count alone, pointers at the far end.</summary>
    public static void CopyTreeRoot(ReadOnlySpan<byte> logged, Span<byte> fork, int headerLength, long at)
    {
        const int RootHeaderLength = 4;
        var loggedCapacity = (logged.Length - headerLength) / (2 * KeyLength);
        var capacity = (fork.Length - RootHeaderLength) / (2 * KeyLength);
        var count = logged.Length < headerLength ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(logged[6..]);
        if (count > loggedCapacity || count > capacity)
        {
            throw XfsVolume.Corrupt(at, $"the log holds an extent tree of {count} entries in {logged.Length} bytes, for a fork of {fork.Length}");
        }

        fork.Clear();
        logged.Slice(4, RootHeaderLength).CopyTo(fork);
        logged.Slice(headerLength, count * KeyLength).CopyTo(fork[RootHeaderLength..]);
        logged.Slice(headerLength + loggedCapacity * KeyLength, count * KeyLength).CopyTo(fork[(RootHeaderLength + capacity * KeyLength)..]);
    }

    private static void Reverse(IEnumerable<(int Offset, int Width)> fields, ReadOnlySpan<byte> from, Span<byte> to)
    {
        foreach (var (offset, width) in fields)
        {
            from.Slice(offset, width).CopyTo(to[offset..]);
            to.Slice(offset, width).Reverse();
        }
    }
}
