using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Chunks;

/// <summary>The logical addresses of a file system, over all its devices. Thread-safe once all chunks are added.</summary>
internal sealed class ChunkMap(IReadOnlyDictionary<ulong, IByteSource> devices)
{
    private const int MaximumChunks = 1 << 20;

    private readonly SortedList<ulong, Chunk> _chunks = [];

    /// <summary>Adds the chunks that the superblock holds, among them those of the chunk tree.</summary>
    public void AddSystemChunks(ReadOnlySpan<byte> entries)
    {
        while (!entries.IsEmpty)
        {
            if (entries.Length < BtrfsKey.Length)
            {
                throw BtrfsVolume.Corrupt(BtrfsSuperblock.Offset, "the system chunks end within a key");
            }

            Add(Chunk.Read(BinaryPrimitives.ReadUInt64LittleEndian(entries[9..]), entries[BtrfsKey.Length..], BtrfsSuperblock.Offset, out var length));
            entries = entries[(BtrfsKey.Length + length)..];
        }
    }

    public void Add(Chunk chunk)
    {
        if (_chunks.Count == MaximumChunks)
        {
            throw BtrfsVolume.LimitExceeded(null, $"the file system has more than {MaximumChunks} chunks");
        }

        _chunks[chunk.Start] = chunk;
    }

    /// <summary>How many copies there are of what lies at the address.</summary>
    public int CopyCount(ulong logical) => Find(logical).CopyCount;

    /// <summary>Fills the buffer from one copy of the bytes at the address.</summary>
    /// <exception cref="DiskImageException">The address is of no chunk, or its device is missing.</exception>
    public void Read(ulong logical, Span<byte> buffer, int copy)
    {
        while (!buffer.IsEmpty)
        {
            var chunk = Find(logical);
            if (copy > 0 && chunk.HasParity)
            {
                var row = chunk.LocateRow(logical, buffer.Length);
                row.Restore(buffer[..row.Length], bySecondParity: copy > 1, devices);
                logical += (ulong)row.Length;
                buffer = buffer[row.Length..];
                continue;
            }

            var range = chunk.Locate(logical, buffer.Length, copy);
            var device = devices.GetValueOrDefault(range.Device)
                ?? throw BtrfsVolume.Unsupported((long)logical, $"the bytes lie on device {range.Device}, which is not there");
            device.Read(range.Offset, buffer[..(int)range.Length]);
            logical += (ulong)range.Length;
            buffer = buffer[(int)range.Length..];
        }
    }

    /// <summary>Fills the buffer from the first copy that can be had.</summary>
    public void Read(ulong logical, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var chunk = Find(logical);

            // Stripe by stripe, as the copy that can be had may be another for each.
            var length = (int)chunk.Locate(logical, buffer.Length, 0).Length;
            var copies = chunk.CopyCount;
            for (var copy = 0; copy < copies; copy++)
            {
                try
                {
                    Read(logical, buffer[..length], copy);
                    break;
                }
                catch (DiskImageException exception) when (copy + 1 < copies && exception.Error is (DiskImageError.Unsupported or DiskImageError.Corrupt))
                {
                    // The next copy may be on a device that is there.
                }
            }

            logical += (ulong)length;
            buffer = buffer[length..];
        }
    }

    /// <summary>Asks for the first copy of each range that has all its devices; others are passed over.</summary>
    public void Prefetch(IEnumerable<(ulong Logical, long Length)> ranges)
    {
        var byDevice = new Dictionary<ulong, List<ByteRange>>();
        foreach (var (start, length) in ranges)
        {
            var logical = start;
            for (var left = length; left > 0 && TryFind(logical) is { } chunk;)
            {
                var range = chunk.Locate(logical, left, 0);
                if (!byDevice.TryGetValue(range.Device, out var list))
                {
                    byDevice[range.Device] = list = [];
                }

                list.Add(new ByteRange(range.Offset, range.Length));
                logical += (ulong)range.Length;
                left -= range.Length;
            }
        }

        foreach (var (device, list) in byDevice)
        {
            devices.GetValueOrDefault(device)?.Prefetch(list);
        }
    }

    private Chunk Find(ulong logical) => TryFind(logical) ?? throw BtrfsVolume.Corrupt(null, $"logical address {logical} is referred to, but is of no chunk");

    private Chunk? TryFind(ulong logical)
    {
        var keys = _chunks.Keys;
        var (low, high) = (0, keys.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keys[middle] <= logical ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _chunks.Values[low - 1] is var chunk && logical - chunk.Start < chunk.Size ? chunk : null;
    }
}
