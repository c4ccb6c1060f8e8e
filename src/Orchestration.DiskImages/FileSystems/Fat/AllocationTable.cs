using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Fat;

/// <summary>The table in which every cluster names the one that follows it. Thread-safe.</summary>
internal sealed class AllocationTable(FatVolume volume)
{
    // A multiple of the length of entries of 12, 16 and 32 bits, so that none crosses two pages.
    private const int PageLength = 12 * 1024;
    private const int CachedPages = 1024;

    private readonly BoundedCache<long, byte[]> _pages = new(CachedPages);

    /// <summary>The runs of clusters of a chain, as blocks of <see cref="FatVolume.Data"/>.</summary>
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
            if (cluster < FatVolume.FirstCluster || cluster >= FatVolume.FirstCluster + volume.ClusterCount)
            {
                throw FatVolume.Corrupt(volume.TableOffset, $"cluster {count} of the chain from {first} is {cluster}, free, bad or not one of {volume.ClusterCount}");
            }

            everything.AddOverlap(extents, new FileExtent(count, cluster - FatVolume.FirstCluster, 1));
            if (ReadNext(cluster) is not { } next)
            {
                break;
            }

            if (next <= cluster && !ledBackTo.Add(next))
            {
                throw FatVolume.Corrupt(volume.TableOffset, $"the chain of clusters from {first} is a circle: it leads to {next} again");
            }

            cluster = next;
        }

        return extents;
    }

    // Null at the end of a chain.
    private uint? ReadNext(uint cluster)
    {
        const uint Used28Bits = 0x0fffffff;
        var bit = (long)cluster * volume.EntryBits;
        var page = _pages.GetOrAdd(bit / 8 / PageLength, ReadPage);
        var at = (int)(bit / 8 % PageLength);
        uint Entry16() => at + 2 <= page.Length ? BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(at)) : 0u;
        var (next, end) = volume.EntryBits switch
        {
            12 => (bit % 8 == 0 ? Entry16() & 0xfff : Entry16() >> 4, 0xff8u),
            16 => (Entry16(), 0xfff8u),
            _ => (at + 4 <= page.Length ? BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(at)) & Used28Bits : 0, 0x0ffffff8u),
        };
        return next >= end ? null : next;
    }

    private byte[] ReadPage(long number)
    {
        var offset = volume.TableOffset + number * PageLength;
        return volume.Source.ReadBytes(offset, (int)Math.Clamp(volume.Source.Length - offset, 0, PageLength));
    }
}
