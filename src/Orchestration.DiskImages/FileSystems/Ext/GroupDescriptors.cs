using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>Where the inode table of each block group lies. Thread-safe.</summary>
internal sealed class GroupDescriptors
{
    private const int CachedGroups = 4096;
    private const long PrefetchedAtOpening = 1024 * 1024;
    private const int ChecksumOffset = 0x1e;

    private readonly ExtVolume _volume;
    private readonly BoundedCache<long, long> _inodeTables = new(CachedGroups);

    public GroupDescriptors(ExtVolume volume)
    {
        _volume = volume;
        if (!volume.Superblock.Incompatible.HasFlag(ExtIncompatible.MetaBlockGroups))
        {
            var length = volume.Superblock.GroupCount * volume.Superblock.DescriptorSize;
            volume.Source.Prefetch(FirstTableBlock * volume.BlockSize, Math.Min(length, PrefetchedAtOpening));
        }
    }

    // The table follows the superblock, which with bigalloc and blocks of 1 KiB is not in the first data block.
    private long FirstTableBlock => ExtSuperblock.Offset / _volume.BlockSize + 1;

    /// <summary>First block of the inode table of the group.</summary>
    public long GetInodeTable(long group) => _inodeTables.GetOrAdd(group, ReadInodeTable);

    private long ReadInodeTable(long group)
    {
        var superblock = _volume.Superblock;
        var offset = Locate(group);
        var descriptor = _volume.Source.ReadBytes(offset, superblock.DescriptorSize);
        CheckChecksum(descriptor, group, offset);

        var table = (long)BinaryPrimitives.ReadUInt32LittleEndian(descriptor.AsSpan(8));
        if (superblock.DescriptorSize >= 64)
        {
            table |= (long)BinaryPrimitives.ReadUInt32LittleEndian(descriptor.AsSpan(0x28)) << 32;
        }

        var length = ((long)superblock.InodesPerGroup * superblock.InodeSize + superblock.BlockSize - 1) / superblock.BlockSize;
        _volume.RequireBlocks(table, length, offset);
        return table;
    }

    private long Locate(long group)
    {
        var superblock = _volume.Superblock;
        var perBlock = superblock.BlockSize / superblock.DescriptorSize;
        var index = group / perBlock;
        var block = FirstTableBlock + index;
        if (superblock.Incompatible.HasFlag(ExtIncompatible.MetaBlockGroups) && index >= superblock.FirstMetaGroup)
        {
            // Each meta group keeps its descriptors in its own first group, after the copy of the superblock where there is one.
            var first = index * perBlock;
            block = superblock.FirstDataBlock + first * superblock.BlocksPerGroup + (HasSuperblock(first) ? 1 : 0);
            if (superblock is { BlockSize: 1024, FirstDataBlock: 0 } && first == 0)
            {
                block++;
            }
        }

        _volume.RequireBlocks(block, 1, null);
        return block * superblock.BlockSize + group % perBlock * superblock.DescriptorSize;
    }

    private bool HasSuperblock(long group)
    {
        var superblock = _volume.Superblock;
        if (group == 0)
        {
            return true;
        }

        if (superblock.Compatible.HasFlag(ExtCompatible.SparseSuper2))
        {
            return group == superblock.BackupGroups.First || group == superblock.BackupGroups.Second;
        }

        return group == 1
            || !superblock.ReadOnlyCompatible.HasFlag(ExtReadOnlyCompatible.SparseSuper)
            || IsPowerOf(group, 3) || IsPowerOf(group, 5) || IsPowerOf(group, 7);
    }

    private static bool IsPowerOf(long number, long root)
    {
        while (number % root == 0)
        {
            number /= root;
        }

        return number == 1;
    }

    private void CheckChecksum(byte[] descriptor, long group, long offset)
    {
        var superblock = _volume.Superblock;
        var stored = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(ChecksumOffset));
        if (superblock.HasMetadataChecksums)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(ChecksumOffset), 0);
            var computed = Crc32C.Append(Crc32C.AppendLittleEndian(superblock.ChecksumSeed, (uint)group), descriptor);
            ExtVolume.RequireChecksum(stored, computed & 0xffff, offset, $"the descriptor of group {group}");
        }
        else if (superblock.ReadOnlyCompatible.HasFlag(ExtReadOnlyCompatible.GroupDescriptorChecksum))
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)group);
            var computed = Crc16.Append(0xffff, superblock.UuidBytes);
            computed = Crc16.Append(computed, number);
            computed = Crc16.Append(computed, descriptor.AsSpan(0, ChecksumOffset));
            computed = Crc16.Append(computed, descriptor.AsSpan(ChecksumOffset + 2));
            ExtVolume.RequireChecksum(stored, computed, offset, $"the descriptor of group {group}");
        }
    }
}
