using Orchestration.DiskImages.FileSystems.Ext.Attributes;
using Orchestration.DiskImages.FileSystems.Ext.Mapping;

namespace Orchestration.DiskImages.FileSystems.Ext.Journal;

/// <summary>The blocks of the journal file, by their number within it.</summary>
internal sealed class JournalBlocks
{
    /// <summary>The largest journal that mke2fs makes.</summary>
    private const long MaximumBlocks = 10_240_000;

    private readonly ExtVolume _volume;
    private readonly List<FileExtent> _extents;

    public JournalBlocks(ExtVolume volume, ExtInode inode)
    {
        _volume = volume;
        Count = inode.Size / volume.BlockSize;
        if (Count > MaximumBlocks)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, ExtVolume.Layer, inode.Offset, $"the journal has {Count} blocks; at most {MaximumBlocks} are read");
        }

        _extents = new FileContent(volume, new ExtendedAttributes(volume, new InodeTable(volume))).Map(inode, new BlockSpan(0, Count));
    }

    public long Count { get; }

    public int BlockSize => _volume.BlockSize;

    public byte[] Read(long index) => _volume.ReadBlock(Locate(index));

    /// <summary>Byte offset on the volume.</summary>
    public long OffsetOf(long index) => Locate(index) * _volume.BlockSize;

    public void Prefetch(long index, long count)
    {
        var wanted = new BlockSpan(index, index + count);
        var parts = new List<FileExtent>();
        foreach (var extent in _extents)
        {
            wanted.AddOverlap(parts, extent);
        }

        _volume.Source.Prefetch([.. parts.Select(part => new Sources.ByteRange(part.PhysicalBlock * BlockSize, part.Count * BlockSize))]);
    }

    private long Locate(long index)
    {
        var low = 0;
        var high = _extents.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var extent = _extents[middle];
            if (index < extent.LogicalBlock)
            {
                high = middle - 1;
            }
            else if (index >= extent.LogicalEnd)
            {
                low = middle + 1;
            }
            else
            {
                return extent.PhysicalBlock + (index - extent.LogicalBlock);
            }
        }

        throw ExtVolume.Corrupt(null, $"block {index} of the journal is a hole");
    }
}
