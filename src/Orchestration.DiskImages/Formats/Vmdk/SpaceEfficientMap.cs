using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>
/// The tables of an SESparse extent, of which vSphere makes snapshots of large disks. The format is not published; the structures are those of QEMU, block/vmdk.c
/// (VMDKSESparseConstHeader, VMDKSESparseVolatileHeader). Thread-safe.
/// </summary>
internal sealed class SpaceEfficientMap : IBlockMap
{
    public const ulong Magic = 0xcafebabe;

    private const ulong VolatileMagic = 0xcafecafe;
    private const ulong Version = 0x0000_0002_0000_0001;
    private const int Sector = 512;
    private const int GrainSize = 8 * Sector;
    private const int TableSectors = 64;
    private const int TableEntries = TableSectors * Sector / sizeof(ulong);
    private const ulong MaximumSectors = 1UL << 44;
    private const ulong KindMask = 0xf000_0000_0000_0000;

    private readonly EntryTables _tables;
    private readonly EntryTable _directory;
    private readonly long _tablesOffset;
    private readonly long _grainsOffset;
    private readonly long _sourceLength;

    private SpaceEfficientMap(IByteSource source, CacheMemory memory, long capacity, EntryTable directory, long tablesOffset, long grainsOffset)
    {
        _tables = new EntryTables(source, memory, sizeof(ulong), BinaryPrimitives.ReadUInt64LittleEndian);
        (Capacity, _directory, _tablesOffset, _grainsOffset, _sourceLength) = (capacity, directory, tablesOffset, grainsOffset, source.Length);
    }

    private enum Kind : ulong
    {
        Unallocated = 0,
        Unmapped = 1UL << 60,
        Zero = 2UL << 60,
        Allocated = 3UL << 60,
    }

    /// <summary>Bytes of the disk that the extent holds.</summary>
    public long Capacity { get; }

    private static long BytesPerTable => (long)GrainSize * TableEntries;

    public static SpaceEfficientMap Open(IByteSource source, CacheMemory memory)
    {
        var head = source.ReadBytes(0, Sector);
        ulong Field(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(offset));
        if (Field(0) != Magic || Field(8) != Version || Field(24) != GrainSize / Sector || Field(32) != TableSectors || Field(40) != 0)
        {
            throw new DiskImageException(
                DiskImageError.Unsupported,
                VmdkDescriptor.Layer,
                0,
                $"an SESparse extent of version 0x{Field(8):x} with grains of {Field(24)} and tables of {Field(32)} sectors and flags 0x{Field(40):x}; 0x{Version:x}, 8, 64 and 0 are known");
        }

        if (Field(16) > MaximumSectors || new[] { 80, 128, 144, 192 }.Any(offset => Field(offset) > MaximumSectors))
        {
            throw SparseExtentHeader.Corrupt(16, $"the capacity or a position is above {MaximumSectors} sectors");
        }

        var state = source.ReadBytes((long)Field(80) * Sector, Sector);
        if (BinaryPrimitives.ReadUInt64LittleEndian(state) != VolatileMagic || BinaryPrimitives.ReadUInt64LittleEndian(state.AsSpan(24)) != 0)
        {
            throw new DiskImageException(
                DiskImageError.Unsupported, VmdkDescriptor.Layer, (long)Field(80) * Sector, "the extent was not closed cleanly: its journal would have to be replayed, or its second header is damaged");
        }

        var capacity = (long)Field(16) * Sector;
        var directory = new EntryTable((long)Field(128) * Sector, (capacity + BytesPerTable - 1) / BytesPerTable);
        return directory.Count <= (long)Math.Min(Field(136), MaximumSectors) * Sector / sizeof(ulong) && directory.Offset <= source.Length - directory.Count * sizeof(ulong)
            ? new SpaceEfficientMap(source, memory, capacity, directory, (long)Field(144) * Sector, (long)Field(192) * Sector)
            : throw SparseExtentHeader.Corrupt(128, $"a grain directory of {directory.Count} entries does not fit where it should be: the image is truncated");
    }

    public BlockRun Map(long offset, long limit)
    {
        if (LocateTable(offset / BytesPerTable) is not { } table)
        {
            return new BlockRun(BlockKind.Unallocated, 0, Math.Min(limit, BytesPerTable - offset % BytesPerTable));
        }

        var within = offset % GrainSize;
        var length = Math.Min(limit, GrainSize - within);
        var index = offset % BytesPerTable / GrainSize;
        var entry = _tables.Read(table, index);
        return (Kind)(entry & KindMask) switch
        {
            Kind.Unallocated when entry == 0 => new BlockRun(BlockKind.Unallocated, 0, length),
            Kind.Unmapped or Kind.Zero => new BlockRun(BlockKind.Zero, 0, length),
            Kind.Allocated => new BlockRun(BlockKind.Data, _grainsOffset + NumberOf(entry) * GrainSize + within, length),
            _ => throw SparseExtentHeader.Corrupt(table.Offset + index * sizeof(ulong), $"a grain's entry is 0x{entry:x}, which means nothing"),
        };
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
    {
        _tables.Prefetch(ranges.Select(range => (_directory, range.Offset / BytesPerTable, (range.End - 1) / BytesPerTable)));
        _tables.Prefetch(ranges.SelectMany(FindTables));
    }

    // The lowest twelve bits of the number stand above the others; what is more than a disk can have is refused when it is read.
    private static long NumberOf(ulong entry)
    {
        const ulong MaximumGrains = MaximumSectors / (GrainSize / Sector);
        return (long)Math.Min((entry & 0x0fff_0000_0000_0000) >> 48 | (entry & 0x0000_ffff_ffff_ffff) << 12, MaximumGrains);
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
        const ulong Present = 0x1000_0000;
        var entry = _tables.Read(_directory, number);
        var table = new EntryTable(_tablesOffset + (long)(uint)entry * TableSectors * Sector, TableEntries);
        return entry == 0 ? null
            : entry >> 32 == Present && table.Offset <= _sourceLength - TableSectors * Sector ? table
            : throw SparseExtentHeader.Corrupt(_directory.Offset + number * sizeof(ulong), $"the entry 0x{entry:x} leads to no grain table inside the image");
    }
}
