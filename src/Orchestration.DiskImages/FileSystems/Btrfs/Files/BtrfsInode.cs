using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

/// <summary>An inode as it is stored (struct btrfs_inode_item), in its subvolume.</summary>
internal sealed class BtrfsInode
{
    private const int Length = 160;

    private readonly TreeItem _item;

    public BtrfsInode(Subvolume subvolume, TreeItem item)
    {
        Subvolume = subvolume;
        _item = item.RequireLength(Length);
        if (Size < 0 || Size > long.MaxValue - (1 << 20))
        {
            throw BtrfsVolume.Corrupt(item.At, $"inode {Number} has a size of {(ulong)Size} bytes");
        }
    }

    public Subvolume Subvolume { get; }

    public ulong Number => _item.Key.Object;

    /// <summary>Logical address of its leaf, for messages.</summary>
    public long At => _item.At;

    public long Size => BinaryPrimitives.ReadInt64LittleEndian(_item.Span[16..]);

    public FileKind Kind => PosixFileKind.FromMode((int)U32(52));

    public uint LinkCount => U32(40);

    /// <summary>Its data has checksums: it was not made without them (BTRFS_INODE_NODATASUM).</summary>
    public bool HasChecksums => (U32(64) & 0x1) == 0;

    public FileNode ToNode() =>
        new(NodeId.Of(Subvolume, Number), Kind, (int)U32(52) & 0xfff, U32(44), U32(48), Size, LinkCount, ReadTime(136), ReadTime(124));

    private DateTimeOffset ReadTime(int offset)
    {
        // What does not fit the calendar is damage that needs no refusal.
        var lowest = -62_135_596_800L;
        var highest = 253_402_300_799L;
        var seconds = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(_item.Span[offset..]), lowest, highest);
        var nanoseconds = Math.Min(U32(offset + 8), 999_999_999);
        return DateTimeOffset.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond + nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_item.Span[offset..]);
}

/// <summary>Numbers of nodes over all subvolumes: the subvolume's index in the upper bits, the inode's number in the others.</summary>
internal static class NodeId
{
    private const int NumberBits = 48;

    /// <summary>An entry in a snapshot where the original has a subvolume: an empty directory that is stored nowhere.</summary>
    public const ulong EmptyDirectory = ulong.MaxValue;

    public static ulong Of(Subvolume subvolume, ulong number) => number < 1UL << NumberBits
        ? (ulong)subvolume.Index << NumberBits | number
        : throw BtrfsVolume.Corrupt(null, $"inode {number} of subvolume {subvolume.Id} is referred to");

    public static int IndexOf(ulong id) => (int)(id >> NumberBits);

    public static ulong NumberOf(ulong id) => id & (1UL << NumberBits) - 1;
}
