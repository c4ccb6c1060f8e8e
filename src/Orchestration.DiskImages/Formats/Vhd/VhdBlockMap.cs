using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vhd;

/// <summary>
/// The block allocation table of a VHD image and the bitmap before each block, in which a sector that is not set was never written:
/// it is the parent's, or zeros. Thread-safe.
/// </summary>
internal sealed class VhdBlockMap(IByteSource source, VhdHeader header, CacheMemory memory) : IBlockMap
{
    private const int Sector = 512;
    private const uint Unused = 0xffff_ffff;

    private readonly EntryTables _tables = new(source, memory, sizeof(uint), entry => BinaryPrimitives.ReadUInt32BigEndian(entry));
    private readonly BoundedCache<long, byte[]> _bitmaps = new(memory, bitmap => bitmap.Length);

    public BlockRun Map(long offset, long limit)
    {
        var within = offset % header.BlockSize;
        var length = Math.Min(limit, header.BlockSize - within);
        if (Locate(offset / header.BlockSize) is not { } stored)
        {
            return new BlockRun(BlockKind.Unallocated, 0, length);
        }

        var bitmapLength = BitmapLength(header.BlockSize);
        var bitmap = _bitmaps.GetOrAdd(stored, ReadBitmap);
        var first = (int)(within / Sector);
        var (set, count) = SectorBitmap.MeasureRun(bitmap, first, (within + length - 1) / Sector - first + 1, highBitFirst: true);
        var run = Math.Min(length, (first + count) * Sector - within);
        return set ? new BlockRun(BlockKind.Data, stored + bitmapLength + within, run) : new BlockRun(BlockKind.Unallocated, 0, run);
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
    {
        _tables.Prefetch(ranges.Select(range => (header.BlockTable, range.Offset / header.BlockSize, (range.End - 1) / header.BlockSize)));
        var missing = new List<ByteRange>();
        foreach (var range in ranges)
        {
            for (var block = range.Offset / header.BlockSize; block <= (range.End - 1) / header.BlockSize; block++)
            {
                if (Locate(block) is { } stored && !_bitmaps.TryGet(stored, out _))
                {
                    missing.Add(new ByteRange(stored, BitmapLength(header.BlockSize)));
                }
            }
        }

        if (missing.Count > 0)
        {
            source.Prefetch(missing);
        }
    }

    // A bit a sector, in whole sectors.
    private static int BitmapLength(int blockSize) => (blockSize / Sector + 8 * Sector - 1) / (8 * Sector) * Sector;

    private long? Locate(long block)
    {
        var sector = (uint)_tables.Read(header.BlockTable, block);
        return sector == Unused ? null : (long)sector * Sector;
    }

    private byte[] ReadBitmap(long stored)
    {
        var length = BitmapLength(header.BlockSize);
        return stored <= source.Length - length
            ? source.ReadBytes(stored, length)
            : throw VhdFooter.Corrupt(stored, $"the bitmap of a block goes beyond the end of the image ({source.Length}): it is truncated");
    }
}
