using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>
/// The two-level table from virtual to host offsets. Tables are read in slices, checked as a whole once, and kept while there is memory.
/// Thread-safe.
/// </summary>
internal sealed class ClusterMap : IBlockMap
{
    private const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;
    private const ulong CompressedFlag = 1UL << 62;
    private const ulong CopiedFlag = 1UL << 63;
    private const ulong ZeroFlag = 1;
    private const int Subclusters = 32;
    private const int MaximumSliceBytes = 64 * 1024;
    private const int PrefetchedSlices = 256;
    private const long PrefetchedAtOpening = 1024 * 1024;

    private readonly IByteSource _source;
    private readonly Qcow2Header _header;

    // Kept apart: in a hostile image an L2 table may lie where the L1 table does, and is longer.
    private readonly BoundedCache<long, ulong[]> _l1Slices;
    private readonly BoundedCache<long, ulong[]> _slices;
    private readonly int _clusterBits;
    private readonly int _unitSize;
    private readonly long _dataLength;

    /// <param name="source">The image.</param>
    /// <param name="header">Its header.</param>
    /// <param name="dataLength">Bytes of the file that holds the data clusters.</param>
    /// <param name="memory">Bounds the slices kept.</param>
    public ClusterMap(IByteSource source, Qcow2Header header, long dataLength, CacheMemory memory)
    {
        _l1Slices = new(memory, slice => slice.Length * sizeof(ulong));
        _slices = new(memory, slice => slice.Length * sizeof(ulong));
        _source = source;
        _header = header;
        _dataLength = dataLength;
        _clusterBits = BitOperations.Log2((uint)header.ClusterSize);
        _unitSize = header.ExtendedL2 ? header.ClusterSize / Subclusters : header.ClusterSize;
        if ((long)header.L1Count * header.ClusterSize <= PrefetchedAtOpening)
        {
            PrefetchTables([new ByteRange(0, header.VirtualSize)]);
        }
    }

    private long BytesPerTable => (long)_header.L2Count << _clusterBits;

    private int SliceBytes => Math.Min(_header.ClusterSize, MaximumSliceBytes);

    public BlockRun Map(long offset, long limit)
    {
        var withinTable = offset % BytesPerTable;
        var table = ReadL1Entry(offset / BytesPerTable);
        if (table == 0)
        {
            return new BlockRun(BlockKind.Unallocated, 0, Math.Min(limit, BytesPerTable - withinTable));
        }

        var cluster = withinTable >> _clusterBits;
        var entriesPerSlice = SliceBytes / _header.L2EntrySize;
        var slice = ReadL2Slice(table + cluster / entriesPerSlice * SliceBytes);
        return MapInSlice(slice, (int)(cluster % entriesPerSlice), entriesPerSlice, offset, limit);
    }

    public void PrefetchTables(IReadOnlyList<ByteRange> ranges)
    {
        var missing = new List<ByteRange>();
        foreach (var range in ranges)
        {
            var bytesPerSlice = (long)(SliceBytes / _header.L2EntrySize) << _clusterBits;
            for (var offset = range.Offset / bytesPerSlice * bytesPerSlice; offset < range.End && missing.Count < PrefetchedSlices; offset += bytesPerSlice)
            {
                var table = ReadL1Entry(offset / BytesPerTable);
                var slice = table + offset % BytesPerTable / bytesPerSlice * SliceBytes;
                if (table != 0 && !_slices.TryGet(slice, out _))
                {
                    missing.Add(new ByteRange(slice, SliceBytes));
                }
            }
        }

        if (missing.Count > 0)
        {
            _source.Prefetch(missing);
        }
    }

    /// <summary>Where the bytes of a compressed cluster lie: an upper bound, clipped to the image.</summary>
    public ByteRange LocateCompressed(long entry)
    {
        // The field of the additional sectors begins at bit 62 - (cluster_bits - 8); the offset below it is not aligned to anything.
        var sizeShift = 62 - (_clusterBits - 8);
        var offset = entry & ((1L << sizeShift) - 1);
        var additionalSectors = (entry & ~(long)CompressedFlag & long.MaxValue) >> sizeShift;
        const int Sector = 512;
        var end = (offset & ~(Sector - 1L)) + (additionalSectors + 1) * Sector;
        return new ByteRange(offset, Math.Min(end, _source.Length) - offset);
    }

    private BlockRun MapInSlice(ulong[] slice, int entry, int entriesPerSlice, long offset, long limit)
    {
        var within = (int)(offset & (_header.ClusterSize - 1));
        var first = Classify(slice, entry, within / _unitSize);
        if (first.Kind == BlockKind.Compressed)
        {
            return first with { Length = Math.Min(limit, _header.ClusterSize - within) };
        }

        var unit = within / _unitSize;
        var length = (long)_unitSize - within % _unitSize;
        var start = first.Location + within % _unitSize;
        while (length < limit)
        {
            if (++unit == _header.ClusterSize / _unitSize)
            {
                unit = 0;
                entry++;
            }

            if (entry == entriesPerSlice)
            {
                break;
            }

            var next = Classify(slice, entry, unit);
            if (next.Kind != first.Kind || (next.Kind == BlockKind.Data && next.Location != start + length))
            {
                break;
            }

            length += _unitSize;
        }

        return new BlockRun(first.Kind, start, Math.Min(length, limit));
    }

    private BlockRun Classify(ulong[] slice, int entry, int unit)
    {
        var descriptor = slice[_header.ExtendedL2 ? entry * 2 : entry];
        if ((descriptor & CompressedFlag) != 0)
        {
            return new BlockRun(BlockKind.Compressed, (long)descriptor, _header.ClusterSize);
        }

        var host = (long)(descriptor & OffsetMask);
        bool allocated;
        bool zero;
        if (_header.ExtendedL2)
        {
            var bitmap = slice[entry * 2 + 1];
            allocated = (bitmap >> unit & 1) != 0;
            zero = (bitmap >> (unit + Subclusters) & 1) != 0;
        }
        else
        {
            allocated = IsAllocated(descriptor);
            zero = (descriptor & ZeroFlag) != 0;
        }

        return zero ? new BlockRun(BlockKind.Zero, 0, _unitSize)
            : allocated ? new BlockRun(BlockKind.Data, host + (long)unit * _unitSize, _unitSize)
            : new BlockRun(BlockKind.Unallocated, 0, _unitSize);
    }

    // The first cluster of an external data file lies at offset zero.
    private bool IsAllocated(ulong descriptor) =>
        (descriptor & OffsetMask) != 0 || (_header.ExternalDataFile is not null && (descriptor & CopiedFlag) != 0);

    private long ReadL1Entry(long index)
    {
        const int EntriesPerSlice = MaximumSliceBytes / sizeof(ulong);
        var sliceOffset = _header.L1Offset + index / EntriesPerSlice * MaximumSliceBytes;
        if (!_l1Slices.TryGet(sliceOffset, out var slice))
        {
            var tableEnd = _header.L1Offset + (long)_header.L1Count * sizeof(ulong);
            slice = ReadEntries(sliceOffset, (int)Math.Min(MaximumSliceBytes, tableEnd - sliceOffset));
            for (var i = 0; i < slice.Length; i++)
            {
                slice[i] &= OffsetMask;
                RequireCluster((long)slice[i], sliceOffset + i * sizeof(ulong), "an L2 table", _source.Length);
                if ((long)slice[i] > _source.Length - _header.ClusterSize && slice[i] != 0)
                {
                    throw Qcow2Header.Corrupt(sliceOffset + i * sizeof(ulong), $"the L2 table at {slice[i]} goes beyond the end of the image ({_source.Length}): it is truncated");
                }
            }

            _l1Slices.Set(sliceOffset, slice);
        }

        return (long)slice[index % EntriesPerSlice];
    }

    private ulong[] ReadL2Slice(long offset)
    {
        if (!_slices.TryGet(offset, out var slice))
        {
            slice = ReadEntries(offset, SliceBytes);
            var step = _header.L2EntrySize / sizeof(ulong);
            for (var i = 0; i < slice.Length; i += step)
            {
                CheckL2Entry(slice, i, offset + i * sizeof(ulong));
            }

            _slices.Set(offset, slice);
        }

        return slice;
    }

    private void CheckL2Entry(ulong[] slice, int index, long at)
    {
        var entry = slice[index];
        if ((entry & CompressedFlag) != 0)
        {
            if (_header.ExternalDataFile is not null || _header.EncryptionHeader is not null)
            {
                throw Qcow2Header.Corrupt(at, "a compressed cluster, which images with encryption or an external data file do not have");
            }

            if (LocateCompressed((long)entry).Length <= 0)
            {
                throw Qcow2Header.Corrupt(at, $"a compressed cluster lies beyond the end of the image ({_source.Length}): it is truncated");
            }

            return;
        }

        if (_header.ExtendedL2)
        {
            CheckSubclusters(entry, slice[index + 1], at);
        }
        else if ((entry & ZeroFlag) != 0)
        {
            if (_header.Version < 3)
            {
                throw Qcow2Header.Corrupt(at, "a zero cluster, which version 2 does not have");
            }

            return;
        }

        RequireCluster((long)(entry & OffsetMask), at, "a cluster", _dataLength);
    }

    private void CheckSubclusters(ulong entry, ulong bitmap, long at)
    {
        var allocated = (uint)bitmap;
        var zero = (uint)(bitmap >> Subclusters);
        if ((allocated & zero) != 0)
        {
            throw Qcow2Header.Corrupt(at, $"subclusters 0x{allocated & zero:x} are both allocated and zero");
        }

        if (allocated != 0 && !IsAllocated(entry))
        {
            throw Qcow2Header.Corrupt(at, $"subclusters 0x{allocated:x} are allocated in a cluster that is not");
        }
    }

    private void RequireCluster(long host, long at, string what, long limit)
    {
        if ((host & (_header.ClusterSize - 1)) != 0)
        {
            throw Qcow2Header.Corrupt(at, $"{what} lies at {host}, which is not a multiple of the cluster size {_header.ClusterSize}");
        }

        if (host >= limit && host != 0)
        {
            throw Qcow2Header.Corrupt(at, $"{what} lies at {host}, beyond the end of the image ({limit}): it is truncated");
        }
    }

    private ulong[] ReadEntries(long offset, int bytes)
    {
        var raw = _source.ReadBytes(offset, bytes);
        var entries = new ulong[bytes / sizeof(ulong)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = BinaryPrimitives.ReadUInt64BigEndian(raw.AsSpan(i * sizeof(ulong)));
        }

        return entries;
    }
}
