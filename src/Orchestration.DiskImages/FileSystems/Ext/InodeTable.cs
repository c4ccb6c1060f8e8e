using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>Finds inodes by number and keeps the recent ones. Thread-safe.</summary>
internal sealed class InodeTable(ExtVolume volume)
{
    private const int CachedInodes = 16 * 1024;

    private readonly GroupDescriptors _groups = new(volume);
    private readonly BoundedCache<uint, ExtInode> _inodes = new(CachedInodes);

    /// <exception cref="DiskImageException">There is no such number, or the inode is damaged or free.</exception>
    public ExtInode Get(ulong number)
    {
        if (number == 0 || number > volume.Superblock.InodeCount)
        {
            throw ExtVolume.Corrupt(null, $"inode {number} is referred to, the file system has {volume.Superblock.InodeCount}");
        }

        return _inodes.GetOrAdd((uint)number, Read);
    }

    /// <summary>Asks for the inodes, all in one round trip, after the group descriptors that they need.</summary>
    public void Prefetch(IEnumerable<ulong> numbers)
    {
        var ranges = new List<ByteRange>();
        foreach (var number in numbers)
        {
            if (number != 0 && number <= volume.Superblock.InodeCount && !_inodes.TryGet((uint)number, out _))
            {
                ranges.Add(new ByteRange(Locate((uint)number), volume.Superblock.InodeSize));
            }
        }

        if (ranges.Count > 0)
        {
            volume.Source.Prefetch(ranges);
        }
    }

    private ExtInode Read(uint number)
    {
        var offset = Locate(number);
        var bytes = volume.Source.ReadBytes(offset, volume.Superblock.InodeSize);

        // A zeroed inode has no valid checksum; say what it is rather than that its checksum is wrong.
        if (bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            throw ExtVolume.Corrupt(offset, $"inode {number} is referred to, but was never used");
        }

        return new ExtInode(number, offset, bytes, volume.Superblock);
    }

    private long Locate(uint number)
    {
        var superblock = volume.Superblock;
        var table = _groups.GetInodeTable((number - 1) / superblock.InodesPerGroup);
        return table * superblock.BlockSize + (long)((number - 1) % superblock.InodesPerGroup) * superblock.InodeSize;
    }
}
