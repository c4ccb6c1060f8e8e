using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Xfs.Log.Records;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log;

/// <summary>What a logged buffer is (blf_flags), beside its type.</summary>
[Flags]
internal enum BufferFlags
{
    None = 0,

    /// <summary>Inodes, of which only links between unlinked ones are logged this way.</summary>
    Inodes = 0x1,

    /// <summary>The block was freed: nothing logged before may be replayed.</summary>
    Cancelled = 0x2,
    UserQuota = 0x4,
    ProjectQuota = 0x8,
    GroupQuota = 0x10,
}

/// <summary>Replays changes of whole blocks (struct xfs_buf_log_format), and knows which must not be replayed.</summary>
internal sealed class BufferReplay
{
    private const int DescriptionLength = 20;
    private const int Chunk = 128;
    private const int MaximumSectors = 128 * 1024 / LogRing.Sector;

    private readonly XfsVolume _volume;
    private readonly PatchedByteSource _target;

    // How many of the freed blocks lie ahead in the log.
    private readonly Dictionary<(long Sector, int Length), int> _cancelled = [];

    public BufferReplay(XfsVolume volume, PatchedByteSource target, List<LogTransaction> transactions)
    {
        _volume = volume;
        _target = target;
        foreach (var item in transactions.SelectMany(FindCancellations))
        {
            var place = ReadPlace(item);
            _cancelled[place] = _cancelled.GetValueOrDefault(place) + 1;
        }
    }

    /// <summary>Whether the block is freed later in the log.</summary>
    public bool IsCancelled(long sector, int length) => _cancelled.ContainsKey((sector, length));

    /// <summary>Whether a block that begins in the range is freed later in the log.</summary>
    public bool IsAnyCancelled(long firstSector, long endSector) => _cancelled.Keys.Any(place => place.Sector >= firstSector && place.Sector < endSector);

    public void ForgetCancellations(LogTransaction transaction)
    {
        foreach (var item in FindCancellations(transaction))
        {
            var place = ReadPlace(item);
            if (--_cancelled[place] == 0)
            {
                _cancelled.Remove(place);
            }
        }
    }

    public void Apply(LogItem item, ulong sequence)
    {
        const BufferFlags NotNeeded = BufferFlags.Inodes | BufferFlags.Cancelled | BufferFlags.UserQuota | BufferFlags.ProjectQuota | BufferFlags.GroupQuota;
        var (sector, length) = ReadPlace(item);
        if ((FlagsOf(item) & NotNeeded) != 0 || IsCancelled(sector, length))
        {
            return;
        }

        if (sector < 0 || length is <= 0 or > MaximumSectors || sector > _target.Length / LogRing.Sector - length)
        {
            throw XfsVolume.Corrupt(null, $"the log holds {length} sectors at sector {sector}, which are not of the file system");
        }

        var block = _target.ReadBytes(sector * LogRing.Sector, length * LogRing.Sector);
        if (BlockSequence.Of(block, _volume.Superblock) is not { } written || written < sequence)
        {
            Patch(item, block, sector * LogRing.Sector);
        }
    }

    // A bit of the map for every 128 bytes of the block; each run of set bits is a region.
    private void Patch(LogItem item, byte[] block, long offset)
    {
        var map = item.Description[DescriptionLength..];
        var region = 1;
        for (var bit = 0; region < item.Regions.Count; region++)
        {
            while (bit < map.Length * 8 && !IsSet(map, bit))
            {
                bit++;
            }

            var start = bit * Chunk;
            while (bit < map.Length * 8 && IsSet(map, bit))
            {
                bit++;
            }

            var bytes = item.Regions[region];
            var length = Math.Min(bit * Chunk - start, bytes.Length);
            if (length <= 0 || start + length > block.Length)
            {
                throw XfsVolume.Corrupt(offset, $"the log holds {bytes.Length} bytes for offset {start} of a block of {block.Length}");
            }

            _target.Write(offset + start, bytes.AsSpan(0, length));
        }
    }

    private static bool IsSet(ReadOnlySpan<byte> map, int bit) => (map[bit / 8] & 1 << bit % 8) != 0;

    private static IEnumerable<LogItem> FindCancellations(LogTransaction transaction) =>
        transaction.Items.Where(item => item.Type == LogItemType.Buffer && FlagsOf(item).HasFlag(BufferFlags.Cancelled));

    private static BufferFlags FlagsOf(LogItem item) => item.Description.Length >= DescriptionLength
        ? (BufferFlags)(BinaryPrimitives.ReadUInt16LittleEndian(item.Description[4..]) & 0x7ff)
        : throw XfsVolume.Corrupt(null, $"a block in the log is described in {item.Description.Length} bytes");

    private static (long Sector, int Length) ReadPlace(LogItem item) => item.Description.Length >= DescriptionLength
        ? (BinaryPrimitives.ReadInt64LittleEndian(item.Description[8..]), BinaryPrimitives.ReadUInt16LittleEndian(item.Description[6..]))
        : throw XfsVolume.Corrupt(null, $"a block in the log is described in {item.Description.Length} bytes");
}
