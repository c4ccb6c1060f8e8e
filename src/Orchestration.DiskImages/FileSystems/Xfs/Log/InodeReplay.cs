using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Xfs.Log.Records;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log;

/// <summary>Which parts of an inode are logged (ilf_fields).</summary>
[Flags]
internal enum InodeFields
{
    None = 0,
    Core = 0x1,
    LocalData = 0x2,
    DataExtents = 0x4,
    DataRoot = 0x8,
    Device = 0x10,
    LocalAttributes = 0x40,
    AttributeExtents = 0x80,
    AttributeRoot = 0x100,
    DataFork = LocalData | DataExtents | DataRoot,
    AttributeFork = LocalAttributes | AttributeExtents | AttributeRoot,
}

/// <summary>Replays changes of inodes (struct xfs_inode_log_format) and the creation of new ones (struct xfs_icreate_log).</summary>
internal sealed class InodeReplay(XfsVolume volume, PatchedByteSource target, BufferReplay buffers)
{
    private const int DescriptionLength = 56;
    private const int PackedDescriptionLength = 52;
    private const int SequenceOffset = 112;
    private const int ForkStartOffset = 82;

    public void Apply(LogItem item, ulong sequence)
    {
        // 32-bit machines leave out the padding before the inode number.
        var packed = item.Description.Length switch
        {
            DescriptionLength => 0,
            PackedDescriptionLength => 4,
            var length => throw XfsVolume.Corrupt(null, $"an inode in the log is described in {length} bytes"),
        };
        var fields = (InodeFields)BinaryPrimitives.ReadUInt32LittleEndian(item.Description[4..]);
        var number = BinaryPrimitives.ReadUInt64LittleEndian(item.Description[(16 - packed)..]);
        var sector = BinaryPrimitives.ReadInt64LittleEndian(item.Description[(40 - packed)..]);
        var sectors = BinaryPrimitives.ReadInt32LittleEndian(item.Description[(48 - packed)..]);
        if (buffers.IsCancelled(sector, sectors))
        {
            return;
        }

        var offset = Locate(number);
        var inode = target.ReadBytes(offset, volume.Superblock.InodeSize);
        if (item.Regions.Count < 2 || !IsOlder(inode, item.Regions[1], sequence))
        {
            return;
        }

        LoggedInode.CopyCore(item.Regions[1], inode, offset);
        if (volume.Superblock.IsVersion5)
        {
            BinaryPrimitives.WriteUInt64BigEndian(inode.AsSpan(SequenceOffset), sequence);
        }

        CopyForks(item, fields, inode, BinaryPrimitives.ReadUInt32LittleEndian(item.Description[(24 - packed)..]), offset);
        target.Write(offset, inode);
    }

    /// <summary>Fills the blocks with free inodes, unless they are freed later in the log.</summary>
    public void Create(LogItem item)
    {
        const int CreationLength = 28;
        if (item.Description.Length < CreationLength)
        {
            throw XfsVolume.Corrupt(null, $"new inodes in the log are described in {item.Description.Length} bytes");
        }

        uint Field(int offset) => BinaryPrimitives.ReadUInt32BigEndian(item.Description[offset..]);
        var block = (ulong)Field(4) << volume.Superblock.GroupBlockBits | Field(8);
        var start = volume.ToLinear(block, Field(20), null) * volume.BlockSize;
        var length = (long)Field(20) * volume.BlockSize;
        var size = volume.Superblock.InodeSize;
        if (Field(16) != size || (long)Field(12) * size != length)
        {
            throw XfsVolume.Corrupt(start, $"the log creates {Field(12)} inodes of {Field(16)} bytes in {length} bytes");
        }

        if (buffers.IsAnyCancelled(start / LogRing.Sector, (start + length) / LogRing.Sector))
        {
            return;
        }

        var first = block << volume.Superblock.InodesPerBlockBits;
        for (var index = 0; index < (int)Field(12); index++)
        {
            target.Write(start + (long)index * size, LoggedInode.CreateFree(volume.Superblock, first + (ulong)index, Field(24)));
        }
    }

    private long Locate(ulong number)
    {
        var bits = volume.Superblock.InodesPerBlockBits;
        return volume.ToLinear(number >> bits, 1, null) * volume.BlockSize + (long)(number & (1UL << bits) - 1) * volume.Superblock.InodeSize;
    }

    // Version 4 counts how often an inode was written instead.
    private bool IsOlder(ReadOnlySpan<byte> inode, ReadOnlySpan<byte> logged, ulong sequence)
    {
        const int FlushCountOffset = 30;
        if (volume.Superblock.IsVersion5)
        {
            var written = BinaryPrimitives.ReadUInt64BigEndian(inode[SequenceOffset..]);
            return written is 0 or ulong.MaxValue || written <= sequence;
        }

        if (logged.Length < FlushCountOffset + 2)
        {
            return true;
        }

        var onDisk = BinaryPrimitives.ReadUInt16BigEndian(inode[FlushCountOffset..]);
        var inLog = BinaryPrimitives.ReadUInt16LittleEndian(logged[FlushCountOffset..]);
        return inLog >= onDisk || onDisk == ushort.MaxValue && inLog < ushort.MaxValue / 2;
    }

    private void CopyForks(LogItem item, InodeFields fields, Span<byte> inode, uint device, long at)
    {
        var core = volume.Superblock.IsVersion5 ? 176 : 100;
        var split = inode[ForkStartOffset] * 8;
        if (split > inode.Length - core)
        {
            throw XfsVolume.Corrupt(at, $"an inode in the log has its attributes at {split}, its forks have {inode.Length - core} bytes");
        }

        var data = split == 0 ? inode[core..] : inode.Slice(core, split);
        if (fields.HasFlag(InodeFields.Device))
        {
            BinaryPrimitives.WriteUInt32BigEndian(data, device);
        }

        var region = 2;
        if ((fields & InodeFields.DataFork) != 0 && region < item.Regions.Count)
        {
            CopyFork(item.Regions[region++], fields.HasFlag(InodeFields.DataRoot), data, at);
        }

        if ((fields & InodeFields.AttributeFork) != 0 && region < item.Regions.Count && split != 0)
        {
            CopyFork(item.Regions[region], fields.HasFlag(InodeFields.AttributeRoot), inode[(core + split)..], at);
        }
    }

    private void CopyFork(ReadOnlySpan<byte> logged, bool isRoot, Span<byte> fork, long at)
    {
        if (isRoot)
        {
            LoggedInode.CopyTreeRoot(logged, fork, volume.Superblock.IsVersion5 ? 72 : 24, at);
        }
        else
        {
            logged[..Math.Min(logged.Length, fork.Length)].CopyTo(fork);
        }
    }
}
