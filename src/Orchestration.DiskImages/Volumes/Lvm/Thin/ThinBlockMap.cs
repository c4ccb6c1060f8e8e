using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Lvm.Thin;

/// <summary>Where the blocks of one thin volume lie in the pool. Thread-safe.</summary>
internal sealed class ThinBlockMap(MetadataTree tree, long root, long blockSize) : IBlockMap
{
    // The low bits of a mapping are the time at which it was made.
    private const int TimeBits = 24;

    public BlockRun Map(long offset, long limit)
    {
        var within = offset % blockSize;
        if (tree.Find(root, offset / blockSize, out var next) is { } mapping)
        {
            var block = (long)(mapping >> TimeBits);
            return block <= long.MaxValue / blockSize - 1
                ? new BlockRun(BlockKind.Data, block * blockSize + within, Math.Min(limit, blockSize - within))
                : throw new DiskImageException(DiskImageError.Corrupt, ThinPoolMetadata.Layer, null, $"block {offset / blockSize} is said to lie in block {block}");
        }

        var end = next <= long.MaxValue / blockSize ? next * blockSize : long.MaxValue;
        return new BlockRun(BlockKind.Unallocated, 0, Math.Min(limit, end - offset));
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges) => tree.Prefetch(root, ranges.Select(range => (range.Offset / blockSize, (range.End - 1) / blockSize)).ToList());
}
