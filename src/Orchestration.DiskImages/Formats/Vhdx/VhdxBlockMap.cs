using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>
/// The block allocation table: after the entries of each chunk of blocks comes one for the bitmap that says which sectors of the chunk's
/// partly present blocks are there. Thread-safe.
/// </summary>
internal sealed class VhdxBlockMap : IBlockMap
{
    private const ulong OffsetMask = 0xffff_ffff_fff0_0000;
    private const int StateMask = 7;
    private const int BitmapPresent = 6;
    private const long SectorsPerBitmap = 1 << 23;

    private readonly IByteSource _source;
    private readonly VhdxMetadata _metadata;
    private readonly EntryTables _tables;
    private readonly EntryTable _table;
    private readonly BoundedCache<long, byte[]> _bitmaps;
    private readonly long _blocksPerChunk;

    public VhdxBlockMap(IByteSource source, VhdxMetadata metadata, ByteRange region, CacheMemory memory)
    {
        _source = source;
        _metadata = metadata;
        _tables = new EntryTables(source, memory, sizeof(ulong), entry => BinaryPrimitives.ReadUInt64LittleEndian(entry));
        _table = new EntryTable(region.Offset, region.Length / sizeof(ulong));
        _bitmaps = new BoundedCache<long, byte[]>(memory, bitmap => bitmap.Length);
        _blocksPerChunk = SectorsPerBitmap * metadata.SectorSize / metadata.BlockSize;
        RequireEntries();
    }

    private enum PayloadState
    {
        NotPresent = 0,
        Undefined = 1,
        Zero = 2,
        Unmapped = 3,
        FullyPresent = 6,
        PartiallyPresent = 7,
    }

    // Bytes of a chunk's bitmap that belong to one block.
    private int BitmapLength => _metadata.BlockSize / _metadata.SectorSize / 8;

    public BlockRun Map(long offset, long limit)
    {
        var block = offset / _metadata.BlockSize;
        var within = offset % _metadata.BlockSize;
        var length = Math.Min(limit, _metadata.BlockSize - within);
        var entry = _tables.Read(_table, EntryOfBlock(block));
        var stored = (long)(entry & OffsetMask);
        switch ((PayloadState)(entry & StateMask))
        {
            case PayloadState.NotPresent:
                return new BlockRun(BlockKind.Unallocated, 0, length);
            case PayloadState.Undefined or PayloadState.Zero or PayloadState.Unmapped:
                return new BlockRun(BlockKind.Zero, 0, length);
            case PayloadState.FullyPresent:
                return new BlockRun(BlockKind.Data, CheckLocation(stored, block) + within, length);
            case PayloadState.PartiallyPresent when _metadata.Parent is not null:
                return MapSectors(block, CheckLocation(stored, block), within, length);
            default:
                throw VhdxFormat.Corrupt(_table.Offset + EntryOfBlock(block) * sizeof(ulong), $"block {block} has the state {entry & StateMask}, which it cannot have");
        }
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
    {
        _tables.Prefetch(ranges.Select(range => (_table, EntryOfBlock(range.Offset / _metadata.BlockSize), EntryOfBlock((range.End - 1) / _metadata.BlockSize))));
        if (_metadata.Parent is not null)
        {
            PrefetchBitmaps(ranges);
        }
    }

    private void PrefetchBitmaps(IReadOnlyList<ByteRange> ranges)
    {
        _tables.Prefetch(ranges.Select(range => (_table, EntryOfBitmap(range.Offset / _metadata.BlockSize), EntryOfBitmap((range.End - 1) / _metadata.BlockSize))));
        var missing = new List<ByteRange>();
        foreach (var range in ranges)
        {
            for (var block = range.Offset / _metadata.BlockSize; block <= (range.End - 1) / _metadata.BlockSize; block++)
            {
                if ((PayloadState)(_tables.Read(_table, EntryOfBlock(block)) & StateMask) == PayloadState.PartiallyPresent)
                {
                    missing.Add(new ByteRange(LocateBitmap(block), BitmapLength));
                }
            }
        }

        if (missing.Count > 0)
        {
            _source.Prefetch(missing);
        }
    }

    private BlockRun MapSectors(long block, long stored, long within, long length)
    {
        var bitmap = _bitmaps.GetOrAdd(LocateBitmap(block), at => _source.ReadBytes(at, BitmapLength));
        var first = (int)(within / _metadata.SectorSize);
        var (set, count) = SectorBitmap.MeasureRun(bitmap, first, (within + length - 1) / _metadata.SectorSize - first + 1, highBitFirst: false);
        var run = Math.Min(length, (first + count) * _metadata.SectorSize - within);
        return set ? new BlockRun(BlockKind.Data, stored + within, run) : new BlockRun(BlockKind.Unallocated, 0, run);
    }

    private long LocateBitmap(long block)
    {
        var entry = _tables.Read(_table, EntryOfBitmap(block));
        var at = (long)(entry & OffsetMask) + block % _blocksPerChunk * BitmapLength;
        return (entry & StateMask) == BitmapPresent && at >= VhdxFormat.Megabyte && at <= _source.Length - BitmapLength
            ? at
            : throw VhdxFormat.Corrupt(
                _table.Offset + EntryOfBitmap(block) * sizeof(ulong),
                $"the bitmap of the partly present block {block} is not present, or beyond the end of the image: it is truncated");
    }

    private long CheckLocation(long stored, long block) => stored >= VhdxFormat.Megabyte
        ? stored
        : throw VhdxFormat.Corrupt(_table.Offset + EntryOfBlock(block) * sizeof(ulong), $"block {block} lies at {stored}, within the headers or beyond 2^63");

    private long EntryOfBlock(long block) => block + block / _blocksPerChunk;

    private long EntryOfBitmap(long block) => (block / _blocksPerChunk + 1) * _blocksPerChunk + block / _blocksPerChunk;

    private void RequireEntries()
    {
        if (_metadata.VirtualSize == 0)
        {
            return;
        }

        var lastBlock = (_metadata.VirtualSize - 1) / _metadata.BlockSize;
        var needed = (_metadata.Parent is null ? EntryOfBlock(lastBlock) : EntryOfBitmap(lastBlock)) + 1;
        if (needed > _table.Count)
        {
            throw VhdxFormat.Corrupt(_table.Offset, $"the block allocation table has {_table.Count} entries, the virtual size needs {needed}");
        }
    }
}
