using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>Finds inodes by number, which says where they lie, and keeps the recent ones. Thread-safe.</summary>
internal sealed class InodeTable(XfsVolume volume)
{
    private const int CachedInodes = 16 * 1024;

    private readonly BoundedCache<ulong, XfsInode> _inodes = new(CachedInodes);

    /// <exception cref="DiskImageException">There is no such number, or the inode is damaged or free.</exception>
    public XfsInode Get(ulong number) => _inodes.GetOrAdd(number, Read);

    /// <summary>Asks for the inodes, all in one round trip.</summary>
    public void Prefetch(IEnumerable<ulong> numbers)
    {
        var size = volume.Superblock.InodeSize;
        volume.Source.Prefetch([.. numbers.Where(number => !_inodes.TryGet(number, out _)).Select(number => new ByteRange(Locate(number), size))]);
    }

    private XfsInode Read(ulong number)
    {
        var offset = Locate(number);
        var inode = new XfsInode(number, offset, volume.Source.ReadBytes(offset, volume.Superblock.InodeSize), volume);
        return inode.Kind != FileKind.Unknown && inode.LinkCount > 0
            ? inode
            : throw XfsVolume.Corrupt(offset, $"inode {number} is referred to, but is free (mode 0{Convert.ToString(inode.Mode, 8)}, {inode.LinkCount} links)");
    }

    private long Locate(ulong number)
    {
        var bits = volume.Superblock.InodesPerBlockBits;
        var block = volume.ToLinear(number >> bits, 1, null);
        return block * volume.BlockSize + (long)(number & (1UL << bits) - 1) * volume.Superblock.InodeSize;
    }
}
