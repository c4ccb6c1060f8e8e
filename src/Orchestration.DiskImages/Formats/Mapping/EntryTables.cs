using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Mapping;

/// <summary>Where a table of entries lies.</summary>
/// <param name="Offset">Stored offset of its first entry.</param>
/// <param name="Count">Number of entries.</param>
internal readonly record struct EntryTable(long Offset, long Count);

/// <summary>
/// Entries of tables of any size, read in slices that are kept while there is memory. Thread-safe.
/// The caller has checked that the tables lie inside the source.
/// </summary>
internal sealed class EntryTables(IByteSource source, CacheMemory memory, int entrySize, EntryTables.Decoder decode)
{
    private const int SliceBytes = 64 * 1024;
    private const int PrefetchedSlices = 256;

    // Hostile tables overlap: a slice is known by its length too.
    private readonly BoundedCache<ByteRange, byte[]> _slices = new(memory, slice => slice.Length);

    public delegate ulong Decoder(ReadOnlySpan<byte> entry);

    public ulong Read(EntryTable table, long index)
    {
        var slice = Locate(table, index);
        var bytes = _slices.GetOrAdd(slice, range => source.ReadBytes(range.Offset, (int)range.Length));
        return decode(bytes.AsSpan((int)(table.Offset + index * entrySize - slice.Offset), entrySize));
    }

    /// <summary>Asks for the entries of these tables, each from a first to a last index, where they are not in memory.</summary>
    public void Prefetch(IEnumerable<(EntryTable Table, long First, long Last)> wanted)
    {
        var missing = new List<ByteRange>();
        foreach (var (table, first, last) in wanted)
        {
            for (var slice = Locate(table, first); missing.Count < PrefetchedSlices; slice = Locate(table, (slice.End - table.Offset) / entrySize))
            {
                if (!_slices.TryGet(slice, out _))
                {
                    missing.Add(slice);
                }

                if (slice.End > table.Offset + Math.Min(last, table.Count - 1) * entrySize)
                {
                    break;
                }
            }
        }

        if (missing.Count > 0)
        {
            source.Prefetch(missing);
        }
    }

    private ByteRange Locate(EntryTable table, long index)
    {
        var start = table.Offset + index * entrySize / SliceBytes * SliceBytes;
        return new ByteRange(start, Math.Min(SliceBytes, table.Offset + table.Count * entrySize - start));
    }
}
