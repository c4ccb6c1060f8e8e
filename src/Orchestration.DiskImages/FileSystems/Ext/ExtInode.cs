using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>An inode as it is stored.</summary>
internal sealed class ExtInode
{
    /// <summary>Bytes of the area that holds block pointers, an extent tree root, inline data or a short link target.</summary>
    public const int BlockAreaLength = 60;

    private const int BlockAreaOffset = 0x28;
    private const int OriginalLength = 128;
    private const int ExtraLengthOffset = 0x80;

    private readonly byte[] _bytes;

    public ExtInode(uint number, long offset, byte[] bytes, ExtSuperblock superblock)
    {
        Number = number;
        Offset = offset;
        _bytes = bytes;
        if (bytes.Length > OriginalLength)
        {
            ExtraLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(ExtraLengthOffset));
            if (ExtraLength > bytes.Length - OriginalLength || ExtraLength % 4 != 0)
            {
                throw ExtVolume.Corrupt(offset + ExtraLengthOffset, $"inode {number} claims {ExtraLength} extra bytes of {bytes.Length - OriginalLength}");
            }
        }

        ChecksumSeed = Crc32C.AppendLittleEndian(Crc32C.AppendLittleEndian(superblock.ChecksumSeed, number), U32(0x64));
        if (superblock.HasMetadataChecksums)
        {
            CheckChecksum();
        }

        var high = Kind == FileKind.Regular || superblock.Incompatible.HasFlag(ExtIncompatible.LargeDirectory) ? (long)U32(0x6c) << 32 : 0;
        Size = high | U32(4);
        if (Size < 0)
        {
            throw ExtVolume.Corrupt(offset + 4, $"inode {number} has a size of {(ulong)Size} bytes");
        }
    }

    public uint Number { get; }

    /// <summary>Where the inode lies on the volume, for messages.</summary>
    public long Offset { get; }

    public long Size { get; }

    /// <summary>Seed of the checksums of the inode's extent blocks and directory blocks.</summary>
    public uint ChecksumSeed { get; }

    /// <summary>Bytes in use after the original 128; 0 for small inodes.</summary>
    public int ExtraLength { get; }

    public ushort Mode => U16(0);

    public ushort LinkCount => U16(0x1a);

    public ExtInodeFlags Flags => (ExtInodeFlags)U32(0x20);

    public uint DeletionTime => U32(0x14);

    /// <summary>Access time, which for an inode that holds an attribute value is the hash of the value.</summary>
    public uint AccessTime => U32(8);

    public ReadOnlySpan<byte> BlockArea => _bytes.AsSpan(BlockAreaOffset, BlockAreaLength);

    /// <summary>The bytes after the fixed part, which hold extended attributes.</summary>
    public ReadOnlySpan<byte> AttributeArea => _bytes.Length > OriginalLength ? _bytes.AsSpan(OriginalLength + ExtraLength) : [];

    public long AttributeBlock => U32(0x68) | (long)U16(0x76) << 32;

    public FileKind Kind => PosixFileKind.FromMode(Mode);

    /// <summary>The target of a short symbolic link stands in the inode itself.</summary>
    public bool IsFastLink(ExtSuperblock superblock)
    {
        var sectors = U32(0x1c) | (long)U16(0x74) << 32;
        var attributeSectors = AttributeBlock == 0 ? 0 : superblock.ClusterSize / 512;
        return Kind == FileKind.SymbolicLink && Size < BlockAreaLength && !Flags.HasFlag(ExtInodeFlags.InlineData)
            && !Flags.HasFlag(ExtInodeFlags.Extents)
            && (sectors == attributeSectors || Flags.HasFlag(ExtInodeFlags.HugeFile) && sectors * superblock.BlockSize / 512 == attributeSectors);
    }

    public FileNode ToNode() => new(
        Number,
        Kind,
        Mode & 0xfff,
        U16(2) | (uint)U16(0x78) << 16,
        U16(0x18) | (uint)U16(0x7a) << 16,
        Size,
        LinkCount,
        ReadTime(0x10, 0x88),
        ReadTime(0xc, 0x84));

    // The extra field holds nanoseconds in its upper thirty bits and two more bits of seconds, for times after 2038, in its lower two.
    private DateTimeOffset ReadTime(int offset, int extraOffset)
    {
        long seconds = (int)U32(offset);
        long nanoseconds = 0;
        if (OriginalLength + ExtraLength >= extraOffset + 4)
        {
            var extra = U32(extraOffset);
            seconds += (long)(extra & 3) << 32;
            nanoseconds = Math.Min(extra >> 2, 999_999_999);
        }

        return DateTimeOffset.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond + nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private void CheckChecksum()
    {
        const int LowOffset = 0x7c;
        const int HighOffset = 0x82;
        var zeroed = _bytes.ToArray();
        zeroed.AsSpan(LowOffset, 2).Clear();
        uint stored = U16(LowOffset);
        var mask = 0xffffu;
        if (ExtraLength >= HighOffset + 2 - OriginalLength)
        {
            stored |= (uint)U16(HighOffset) << 16;
            mask = uint.MaxValue;
            zeroed.AsSpan(HighOffset, 2).Clear();
        }

        ExtVolume.RequireChecksum(stored, Crc32C.Append(ChecksumSeed, zeroed) & mask, Offset, $"inode {Number}");
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));
}
