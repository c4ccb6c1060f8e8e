using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>How blocks are compressed.</summary>
internal enum SquashFsCompression : ushort
{
    Zlib = 1,
    Lzma = 2,
    Lzo = 3,
    Xz = 4,
    Lz4 = 5,
    Zstandard = 6,
}

/// <summary>The superblock of squashfs 4.0 (struct squashfs_super_block). Offsets are bytes of the volume.</summary>
internal sealed class SquashFsSuperblock
{
    public const int Length = 96;

    private const ulong Absent = ulong.MaxValue;
    private const int SmallestBlock = 4096;
    private const int LargestBlock = 1 << 20;

    private readonly byte[] _bytes;

    /// <exception cref="DiskImageException">Another version than 4.0, an unknown compression, or impossible fields.</exception>
    public SquashFsSuperblock(byte[] bytes)
    {
        _bytes = bytes;
        if (U16(28) != 4 || U16(30) != 0)
        {
            throw SquashFsVolume.Unsupported(28, $"version {U16(28)}.{U16(30)} cannot be read, only 4.0");
        }

        if (!Enum.IsDefined(Compression))
        {
            throw SquashFsVolume.Unsupported(20, $"compression {(int)Compression} is unknown");
        }

        if (BlockSize is < SmallestBlock or > LargestBlock || BlockSize != 1 << Math.Min(U16(22), (ushort)30))
        {
            throw SquashFsVolume.Corrupt(12, $"blocks have {BlockSize} bytes, by their logarithm 2^{U16(22)}");
        }

        if (SizeBytes < Length || DirectoryTable < InodeTable || InodeTable < Length || DirectoryTable >= SizeBytes)
        {
            throw SquashFsVolume.Corrupt(64, $"inodes at {InodeTable} and directories at {DirectoryTable} do not lie one after the other in {SizeBytes} bytes");
        }
    }

    public int BlockSize => (int)Math.Min(U32(12), int.MaxValue);

    public uint FragmentCount => U32(16);

    public SquashFsCompression Compression => (SquashFsCompression)U16(20);

    public int IdCount => U16(26);

    /// <summary>Where the root's inode is: the offset of its block in the inode table, and in sixteen bits the offset in the block.</summary>
    public ulong RootInode => U64(32);

    public long SizeBytes => (long)Math.Min(U64(40), long.MaxValue);

    public long IdTable => Offset(48);

    /// <summary>Null where there are no extended attributes.</summary>
    public long? AttributeTable => U64(56) == Absent ? null : Offset(56);

    public long InodeTable => Offset(64);

    public long DirectoryTable => Offset(72);

    public long FragmentTable => Offset(80);

    private long Offset(int field) => (long)Math.Min(U64(field), long.MaxValue);

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
