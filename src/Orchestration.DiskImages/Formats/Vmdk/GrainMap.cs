using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>The grain directory of a sparse extent and the grain tables that it points to. Thread-safe.</summary>
internal sealed class GrainMap(IByteSource source, SparseExtentHeader header, CacheMemory memory) : IBlockMap
{
    private const ulong Zeroed = 1;

    private readonly EntryTables _tables = new(source, memory, sizeof(uint), entry => BinaryPrimitives.ReadUInt32LittleEndian(entry));

    private long BytesPerTable => (long)header.GrainSize * header.TableEntries;

    public BlockRun Map(long offset, long limit)
    {
        if (LocateTable(offset / BytesPerTable) is not { } table)
        {
            return new BlockRun(BlockKind.Unallocated, 0, Math.Min(limit, BytesPerTable - offset % BytesPerTable));
        }

        var within = offset % header.GrainSize;
        var length = Math.Min(limit, header.GrainSize - within);
        var index = offset % BytesPerTable / header.GrainSize;
        return _tables.Read(table, index) switch
        {
            0 => new BlockRun(BlockKind.Unallocated, 0, length),
            Zeroed when header.HasZeroedGrains => new BlockRun(BlockKind.Zero, 0, length),
            Zeroed => throw SparseExtentHeader.Corrupt(table.Offset + index * sizeof(uint), "a zeroed grain in an image that says it has none"),
            var sector when header.IsCompressed => new BlockRun(BlockKind.Compressed, (long)sector * SparseExtentHeader.Sector, length),
            var sector => new BlockRun(BlockKind.Data, (long)sector * SparseExtentHeader.Sector + within, length),
        };
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
    {
        _tables.Prefetch(ranges.Select(range => (header.Directory, range.Offset / BytesPerTable, (range.End - 1) / BytesPerTable)));
        _tables.Prefetch(ranges.SelectMany(FindTables));
    }

    private IEnumerable<(EntryTable Table, long First, long Last)> FindTables(ByteRange range)
    {
        for (var number = range.Offset / BytesPerTable; number <= (range.End - 1) / BytesPerTable; number++)
        {
            if (LocateTable(number) is { } table)
            {
                yield return (table, 0, table.Count - 1);
            }
        }
    }

    private EntryTable? LocateTable(long number)
    {
        var sector = (long)_tables.Read(header.Directory, number);
        var table = new EntryTable(sector * SparseExtentHeader.Sector, header.TableEntries);
        return sector == 0 ? null
            : table.Offset <= source.Length - table.Count * sizeof(uint) ? table
            : throw SparseExtentHeader.Corrupt(
                header.Directory.Offset + number * sizeof(uint), $"the grain table at {table.Offset} goes beyond the end of the image ({source.Length}): it is truncated");
    }
}
