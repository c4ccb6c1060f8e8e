using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vdi;

/// <summary>The block map of a VDI image. Thread-safe.</summary>
internal sealed class VdiBlockMap(IByteSource source, VdiHeader header, CacheMemory memory) : IBlockMap
{
    private const uint Free = 0xffff_ffff;
    private const uint Zero = 0xffff_fffe;

    private readonly EntryTables _tables = new(source, memory, sizeof(uint), entry => BinaryPrimitives.ReadUInt32LittleEndian(entry));

    public BlockRun Map(long offset, long limit)
    {
        var within = offset % header.BlockSize;
        var length = Math.Min(limit, header.BlockSize - within);
        var stored = (uint)_tables.Read(header.BlockMap, offset / header.BlockSize);
        return stored switch
        {
            Free => new BlockRun(BlockKind.Unallocated, 0, length),
            Zero => new BlockRun(BlockKind.Zero, 0, length),
            _ => new BlockRun(
                BlockKind.Data,
                header.DataOffset + stored * (header.BlockExtraSize + header.BlockSize) + header.BlockExtraSize + within,
                length),
        };
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges) =>
        _tables.Prefetch(ranges.Select(range => (header.BlockMap, range.Offset / header.BlockSize, (range.End - 1) / header.BlockSize)));
}
