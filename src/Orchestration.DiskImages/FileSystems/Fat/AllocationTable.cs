using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Fat;

/// <summary>Where a table of clusters lies and what it is about.</summary>
/// <param name="Layer">What an exception names.</param>
/// <param name="Source">The volume.</param>
/// <param name="Offset">Where the table begins.</param>
/// <param name="EntryBits">Bits of an entry that count: 12, 16, 28 (stored in 32) or 32.</param>
/// <param name="ClusterCount">Number of clusters, of which the first has the number 2.</param>
internal sealed record AllocationTableLayout(string Layer, IByteSource Source, long Offset, int EntryBits, long ClusterCount);

/// <summary>The table in which every cluster names the one that follows it. Thread-safe.</summary>
internal sealed class AllocationTable(AllocationTableLayout layout)
{
    public const uint FirstCluster = 2;

    // A multiple of the length of entries of 12, 16 and 32 bits, so that none crosses two pages.
    private const int PageLength = 12 * 1024;
    private const int CachedPages = 1024;

    private readonly BoundedCache<long, byte[]> _pages = new(CachedPages);

    /// <summary>The runs of clusters of a chain, as blocks of which the first cluster is block 0.</summary>
    /// <param name="first">First cluster; 0 for none.</param>
    /// <param name="limit">Number of clusters that are wanted.</param>
    /// <exception cref="DiskImageException">The chain leads nowhere or round in a circle.</exception>
    public List<FileExtent> ReadChain(uint first, long limit)
    {
        var extents = new List<FileExtent>();
        var everything = new BlockSpan(0, long.MaxValue);
        var cluster = first;

        // A circle has to lead back, and back to the same cluster again.
        var ledBackTo = new HashSet<uint>();
        for (long count = 0; first != 0 && count < limit; count++)
        {
            if (cluster < FirstCluster || cluster >= FirstCluster + layout.ClusterCount)
            {
                throw Corrupt($"cluster {count} of the chain from {first} is {cluster}, free, bad or not one of {layout.ClusterCount}");
            }

            everything.AddOverlap(extents, new FileExtent(count, cluster - FirstCluster, 1));
            if (ReadNext(cluster) is not { } next)
            {
                break;
            }

            if (next <= cluster && !ledBackTo.Add(next))
            {
                throw Corrupt($"the chain of clusters from {first} is a circle: it leads to {next} again");
            }

            cluster = next;
        }

        return extents;
    }

    // Null at the end of a chain.
    private uint? ReadNext(uint cluster)
    {
        var storedBits = layout.EntryBits == 28 ? 32 : layout.EntryBits;
        var bit = (long)cluster * storedBits;
        var page = _pages.GetOrAdd(bit / 8 / PageLength, ReadPage);
        var at = (int)(bit / 8 % PageLength);
        uint Entry16() => at + 2 <= page.Length ? BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(at)) : 0u;
        var mask = uint.MaxValue >> 32 - layout.EntryBits;
        var next = mask & storedBits switch
        {
            12 => bit % 8 == 0 ? Entry16() : Entry16() >> 4,
            16 => Entry16(),
            _ => at + 4 <= page.Length ? BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(at)) : 0,
        };
        return next >= (mask & ~7u) ? null : next;
    }

    private byte[] ReadPage(long number)
    {
        var offset = layout.Offset + number * PageLength;
        return layout.Source.ReadBytes(offset, (int)Math.Clamp(layout.Source.Length - offset, 0, PageLength));
    }

    private DiskImageException Corrupt(string rule) => new(DiskImageError.Corrupt, layout.Layer, layout.Offset, rule);
}
