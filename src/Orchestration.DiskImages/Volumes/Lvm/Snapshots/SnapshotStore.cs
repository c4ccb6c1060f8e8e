using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Lvm.Snapshots;

/// <summary>
/// Old-style snapshots: what differs from the origin lies in a store, chunk by chunk, with tables of where. Structure: Linux,
/// drivers/md/dm-snap-persistent.c (disk_header, disk_exception).
/// </summary>
internal static class SnapshotStore
{
    private const string Layer = "lvm2 snapshot";
    private const uint Magic = 0x70416e53;
    private const int Sector = 512;
    private const int HeaderLength = 16;
    private const int ExceptionLength = 16;
    private const int MaximumChunkSize = 4 * 1024 * 1024;
    private const int MaximumExceptions = 64 * 1024 * 1024 / ExceptionLength;

    /// <summary>The snapshot: the chunks in <paramref name="store"/> over <paramref name="origin"/>.</summary>
    /// <exception cref="DiskImageException">The store is damaged, or was full, which makes the snapshot void.</exception>
    public static IByteSource Open(IByteSource origin, IByteSource store)
    {
        var header = store.ReadBytes(0, HeaderLength);
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8));
        var chunkSectors = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic || version != 1)
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, 0, $"expected a store of version 1, found version {version}, or no store");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)) == 0)
        {
            throw Corrupt(4, "the snapshot is void: its store was full, or failed");
        }

        if (chunkSectors is 0 or > MaximumChunkSize / Sector || !BitOperations.IsPow2(chunkSectors))
        {
            throw Corrupt(12, $"chunks of {chunkSectors} sectors, expected a power of two up to {MaximumChunkSize / Sector}");
        }

        var chunkSize = (int)chunkSectors * Sector;
        return new MappedDisk(Layer, store, origin.Length, new ExceptionMap(ReadExceptions(store, chunkSize), chunkSize)) { Parent = origin };
    }

    // Chunk 0 is the header. Then come areas: a chunk of exceptions, followed by as many chunks as it can name.
    private static Dictionary<long, long> ReadExceptions(IByteSource store, int chunkSize)
    {
        var exceptions = new Dictionary<long, long>();
        var chunks = store.Length / chunkSize;
        var perArea = chunkSize / ExceptionLength;
        for (long area = 1; area < chunks; area += perArea + 1)
        {
            var table = store.ReadBytes(area * chunkSize, chunkSize);
            for (var entry = 0; entry < perArea; entry++)
            {
                var original = BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(entry * ExceptionLength));
                var stored = BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(entry * ExceptionLength + sizeof(long)));
                if (stored == 0)
                {
                    return exceptions;
                }

                if (original < 0 || stored < 0 || stored >= chunks || exceptions.Count == MaximumExceptions)
                {
                    throw Corrupt(area * chunkSize + entry * ExceptionLength, $"chunk {original} is said to lie in chunk {stored} of {chunks}, or there are more than {MaximumExceptions}");
                }

                exceptions[original] = stored;
            }
        }

        return exceptions;
    }

    private static DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    /// <summary>Where the chunks that differ are stored.</summary>
    private sealed class ExceptionMap(Dictionary<long, long> exceptions, int chunkSize) : IBlockMap
    {
        public BlockRun Map(long offset, long limit)
        {
            var within = offset % chunkSize;
            var length = Math.Min(limit, chunkSize - within);
            return exceptions.TryGetValue(offset / chunkSize, out var stored)
                ? new BlockRun(BlockKind.Data, stored * chunkSize + within, length)
                : new BlockRun(BlockKind.Unallocated, 0, length);
        }

        public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
        {
            // The table is in memory.
        }
    }
}
