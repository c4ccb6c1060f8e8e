using System.Buffers.Binary;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Chunks;

/// <summary>Bytes of a device.</summary>
internal readonly record struct DeviceRange(ulong Device, long Offset, long Length);

/// <summary>A run of logical addresses, and where on which devices its bytes lie (struct btrfs_chunk).</summary>
internal sealed class Chunk
{
    private const int FixedLength = 48;
    private const int StripeLength = 32;

    private readonly (ulong Device, long Offset)[] _stripes;
    private readonly long _stripeSize;
    private readonly ChunkProfile _profile;
    private readonly int _subStripes;

    private Chunk(ulong start, ReadOnlySpan<byte> item, long? at)
    {
        Start = start;
        Size = BinaryPrimitives.ReadUInt64LittleEndian(item);
        _stripeSize = (long)BinaryPrimitives.ReadUInt64LittleEndian(item[16..]);
        _profile = (ChunkProfile)BinaryPrimitives.ReadUInt64LittleEndian(item[24..]) & ChunkProfile.All;
        _stripes = new (ulong, long)[BinaryPrimitives.ReadUInt16LittleEndian(item[44..])];
        _subStripes = BinaryPrimitives.ReadUInt16LittleEndian(item[46..]);
        for (var index = 0; index < _stripes.Length; index++)
        {
            var stripe = item[(FixedLength + index * StripeLength)..];
            _stripes[index] = (BinaryPrimitives.ReadUInt64LittleEndian(stripe), (long)BinaryPrimitives.ReadUInt64LittleEndian(stripe[8..]));
        }

        var isPossible = _profile switch
        {
            ChunkProfile.Single => _stripes.Length == 1,
            ChunkProfile.Duplicate or ChunkProfile.Raid1 or ChunkProfile.Raid1C3 or ChunkProfile.Raid1C4 or ChunkProfile.Raid0 => true,
            ChunkProfile.Raid10 => _subStripes > 0 && _stripes.Length % _subStripes == 0,
            ChunkProfile.Raid5 => _stripes.Length > 1,
            ChunkProfile.Raid6 => _stripes.Length is > 2 and <= GaloisField.Order + 2,
            _ => false,
        };
        if (!isPossible || Size == 0 || Size > long.MaxValue || Start > long.MaxValue - Size || _stripeSize is <= 0 or > 1 << 30 || _stripes.Any(stripe => stripe.Offset < 0))
        {
            throw BtrfsVolume.Corrupt(at, $"a chunk has {Size} bytes at {Start}, {_stripes.Length} stripes of {_stripeSize} bytes, profile {_profile}");
        }
    }

    /// <summary>First logical address.</summary>
    public ulong Start { get; }

    /// <summary>Number of logical bytes.</summary>
    public ulong Size { get; }

    /// <summary>Whether copies after the first are what parity says.</summary>
    public bool HasParity => _profile is ChunkProfile.Raid5 or ChunkProfile.Raid6;

    /// <summary>How many ways there are to have the same bytes: from places that hold them, or by one of the parities.</summary>
    public int CopyCount => _profile switch
    {
        ChunkProfile.Duplicate or ChunkProfile.Raid1 or ChunkProfile.Raid1C3 or ChunkProfile.Raid1C4 => _stripes.Length,
        ChunkProfile.Raid10 => _subStripes,
        ChunkProfile.Raid5 => 2,
        ChunkProfile.Raid6 => 3,
        _ => 1,
    };

    private int ParityStripes => _profile == ChunkProfile.Raid6 ? 2 : 1;

    private int DataStripes => _stripes.Length - ParityStripes;

    /// <summary>Reads the item, and says how long it is.</summary>
    public static Chunk Read(ulong start, ReadOnlySpan<byte> item, long? at, out int length)
    {
        var stripes = item.Length < FixedLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(item[44..]);
        length = FixedLength + stripes * StripeLength;
        return stripes > 0 && length <= item.Length ? new Chunk(start, item, at) : throw BtrfsVolume.Corrupt(at, $"a chunk of {stripes} stripes is described in {item.Length} bytes");
    }

    /// <summary>Where the bytes at a logical address lie, as far as they lie together; at most <paramref name="limit"/>.</summary>
    /// <param name="logical">An address of this chunk.</param>
    /// <param name="limit">Bytes wanted.</param>
    /// <param name="copy">Which of the places, from 0.</param>
    public DeviceRange Locate(ulong logical, long limit, int copy)
    {
        var offset = (long)(logical - Start);
        limit = Math.Min(limit, (long)Size - offset);
        var number = offset / _stripeSize;
        var within = offset % _stripeSize;
        var (index, row) = _profile switch
        {
            ChunkProfile.Raid0 => ((int)(number % _stripes.Length), number / _stripes.Length),
            ChunkProfile.Raid10 => LocateRaid10(number, copy),
            ChunkProfile.Raid5 or ChunkProfile.Raid6 => LocateInRow(number / DataStripes, (int)(number % DataStripes)),
            _ => (copy, -1L),
        };
        var (device, start) = _stripes[index];
        return row < 0
            ? new DeviceRange(device, start + offset, limit)
            : new DeviceRange(device, start + row * _stripeSize + within, Math.Min(limit, _stripeSize - within));
    }

    /// <summary>The same for all stripes of the row, where there is parity.</summary>
    /// <param name="logical">An address of this chunk.</param>
    /// <param name="limit">Bytes wanted.</param>
    public ParityRow LocateRow(ulong logical, long limit)
    {
        var offset = (long)(logical - Start);
        var (row, data) = Math.DivRem(offset / _stripeSize, DataStripes);
        var within = offset % _stripeSize;
        var length = Math.Min(Math.Min(limit, (long)Size - offset), _stripeSize - within);
        var stripes = new DeviceRange[_stripes.Length];
        for (var position = 0; position < stripes.Length; position++)
        {
            var (device, start) = _stripes[LocateInRow(row, position).Index];
            stripes[position] = new DeviceRange(device, start + row * _stripeSize + within, length);
        }

        return new ParityRow(stripes, ParityStripes, (int)data);
    }

    private (int Index, long Row) LocateRaid10(long number, int copy)
    {
        var groups = _stripes.Length / _subStripes;
        return ((int)(number % groups) * _subStripes + copy, number / groups);
    }

    // Data, then parity; all move by one device with each row.
    private (int Index, long Row) LocateInRow(long row, int position) => ((int)((row + position) % _stripes.Length), row);
}
