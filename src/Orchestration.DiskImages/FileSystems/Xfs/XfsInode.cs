using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>How a fork of an inode stores what it holds (enum xfs_dinode_fmt).</summary>
internal enum ForkFormat
{
    Device = 0,
    Local = 1,
    Extents = 2,
    Tree = 3,
}

/// <summary>One of the two forks of an inode: data, or attributes.</summary>
internal readonly ref struct InodeFork(ForkFormat format, ulong extentCount, ReadOnlySpan<byte> area)
{
    public ForkFormat Format { get; } = format;

    public ulong ExtentCount { get; } = extentCount;

    public ReadOnlySpan<byte> Area { get; } = area;
}

/// <summary>An inode as it is stored (struct xfs_dinode).</summary>
internal sealed class XfsInode
{
    private const int Version2Length = 100;
    private const int Version3Length = 176;
    private const int ChecksumOffset = 100;

    private readonly byte[] _bytes;

    public XfsInode(ulong number, long offset, byte[] bytes, XfsVolume volume)
    {
        Number = number;
        Offset = offset;
        _bytes = bytes;
        if (U16(0) != 0x494e || Version is < 1 or > 3)
        {
            throw XfsVolume.Corrupt(offset, $"inode {number} has signature 0x{U16(0):x4} and version {Version}");
        }

        if (volume.Superblock.IsVersion5 != (Version == 3))
        {
            throw XfsVolume.Corrupt(offset, $"inode {number} is of version {Version}, which the superblock's version does not have");
        }

        if (Version == 3)
        {
            CheckSelfDescription(volume);
        }

        if (Size < 0 || Size > long.MaxValue - (1 << 20))
        {
            throw XfsVolume.Corrupt(offset + 56, $"inode {number} has a size of {(ulong)Size} bytes");
        }

        if (AttributeStart > bytes.Length - CoreLength)
        {
            throw XfsVolume.Corrupt(offset + 82, $"inode {number} has its attributes at {AttributeStart}, its forks have {bytes.Length - CoreLength} bytes");
        }
    }

    public ulong Number { get; }

    /// <summary>Where the inode lies on the volume, for messages.</summary>
    public long Offset { get; }

    public int Mode => U16(2);

    public FileKind Kind => PosixFileKind.FromMode(Mode);

    public long Size => (long)U64(56);

    public uint LinkCount => Version == 1 ? U16(6) : U32(16);

    public XfsInodeFlags Flags => (XfsInodeFlags)U16(90);

    public XfsInodeFlags2 Flags2 => Version == 3 ? (XfsInodeFlags2)U64(120) : XfsInodeFlags2.None;

    public bool HasAttributes => AttributeStart != 0;

    public InodeFork Data => new(
        (ForkFormat)_bytes[5],
        HasLargeExtentCounts ? U64(24) : U32(76),
        _bytes.AsSpan(CoreLength, HasAttributes ? AttributeStart : _bytes.Length - CoreLength));

    public InodeFork Attributes => new((ForkFormat)_bytes[83], HasLargeExtentCounts ? U32(76) : U16(80), _bytes.AsSpan(CoreLength + AttributeStart));

    private int Version => _bytes[4];

    private int CoreLength => Version == 3 ? Version3Length : Version2Length;

    private int AttributeStart => _bytes[82] * 8;

    private bool HasLargeExtentCounts => Flags2.HasFlag(XfsInodeFlags2.LargeExtentCounts);

    public FileNode ToNode() => new(Number, Kind, Mode & 0xfff, U32(8), U32(12), Size, LinkCount, ReadTime(40), ReadTime(48));

    private DateTimeOffset ReadTime(int offset)
    {
        const long BigTimeEpoch = 1L << 31;
        const long Billion = 1_000_000_000;
        long seconds = (int)U32(offset);
        long nanoseconds = Math.Min(U32(offset + 4), Billion - 1);
        if (Flags2.HasFlag(XfsInodeFlags2.BigTime))
        {
            var stored = U64(offset);
            seconds = (long)(stored / Billion) - BigTimeEpoch;
            nanoseconds = (long)(stored % Billion);
        }

        return DateTimeOffset.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond + nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private void CheckSelfDescription(XfsVolume volume)
    {
        if (!volume.IsReplayed(Offset, _bytes.Length))
        {
            XfsVolume.RequireChecksum(_bytes, ChecksumOffset, Offset, $"inode {Number}");
        }

        if (U64(152) != Number || !_bytes.AsSpan(160, 16).SequenceEqual(volume.Superblock.MetadataUuid))
        {
            throw XfsVolume.Corrupt(Offset, $"inode {Number} says to be inode {U64(152)}, or of another file system");
        }
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(offset));
}
