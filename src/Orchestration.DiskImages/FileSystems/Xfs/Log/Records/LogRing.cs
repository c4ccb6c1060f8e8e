using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>The log as a ring of sectors of 512 bytes, each beginning with the number of the cycle that wrote it.</summary>
internal sealed class LogRing
{
    public const int Sector = 512;

    private readonly IByteSource _source;
    private readonly long _offset;

    /// <exception cref="DiskImageException">The log does not lie in the file system.</exception>
    public LogRing(IByteSource source, XfsSuperblock superblock)
    {
        var blocks = superblock.LogBlocks;
        var linear = new XfsVolume(source, null, superblock, new WarningList()).ToLinear(superblock.LogStart, blocks, 48);
        _source = source;
        _offset = linear * superblock.BlockSize;
        SectorCount = blocks * superblock.BlockSize / Sector;
        if (SectorCount < 2 || SectorCount > int.MaxValue)
        {
            throw XfsVolume.Corrupt(96, $"the log has {SectorCount} sectors");
        }
    }

    public long SectorCount { get; }

    /// <summary>Where a sector of the ring lies on the volume.</summary>
    public long OffsetOf(long sector) => _offset + Wrap(sector) * Sector;

    /// <summary>A position in the ring; those before its start and after its end go round.</summary>
    public long Wrap(long sector) => (sector % SectorCount + SectorCount) % SectorCount;

    /// <summary>Sectors from one position forward to another.</summary>
    public long Distance(long from, long to) => Wrap(to - from);

    /// <summary>Bytes of consecutive sectors, round the end of the ring where they reach it.</summary>
    public byte[] Read(long sector, int count)
    {
        var bytes = new byte[count * Sector];
        var first = (int)Math.Min(count, SectorCount - Wrap(sector));
        _source.Read(OffsetOf(sector), bytes.AsSpan(0, first * Sector));
        _source.Read(_offset, bytes.AsSpan(first * Sector));
        return bytes;
    }

    public void Prefetch(long sector, long count)
    {
        var first = Math.Min(count, SectorCount - Wrap(sector));
        _source.Prefetch([new ByteRange(OffsetOf(sector), first * Sector), new ByteRange(_offset, (count - first) * Sector)]);
    }

    public uint ReadCycle(long sector) => CycleOf(Read(sector, 1));

    /// <summary>The cycle of a sector, which a record's header keeps after its signature.</summary>
    public static uint CycleOf(ReadOnlySpan<byte> sector)
    {
        var word = BinaryPrimitives.ReadUInt32BigEndian(sector);
        return word == LogRecord.Magic ? BinaryPrimitives.ReadUInt32BigEndian(sector[4..]) : word;
    }
}
