using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>A record of the log: a header (struct xlog_rec_header), more of it where the data is long, and the data.</summary>
internal sealed class LogRecord
{
    public const uint Magic = 0xfeedbabe;

    /// <summary>Most sectors of a record: 256 KiB of data and its headers.</summary>
    public const int MaximumSectors = 512 + 8;

    private const int MaximumDataLength = 256 * 1024;
    private const int DataPerHeader = 32 * 1024;
    private const int ChecksumOffset = 32;
    private const uint LittleEndianFormat = 1;
    private const uint Version2 = 2;

    // The structure ends with padding where integers of eight bytes are aligned, and without on 32-bit x86.
    private static readonly int[] HeaderLengths = [328, 324];

    private readonly LogRing _ring;
    private readonly byte[] _header;

    private LogRecord(LogRing ring, long start, byte[] header)
    {
        _ring = ring;
        _header = header;
        Start = ring.Wrap(start);
    }

    /// <summary>First sector of its header.</summary>
    public long Start { get; }

    /// <summary>The sector after its data.</summary>
    public long End => _ring.Wrap(Start + SectorCount);

    public long SectorCount => HeaderSectors + (DataLength + LogRing.Sector - 1) / LogRing.Sector;

    public int OperationCount => (int)Math.Min(U32(40), MaximumDataLength / LogOperation.HeaderLength);

    /// <summary>Log sequence number: cycle and sector.</summary>
    public ulong Sequence => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(16));

    /// <summary>The sector of the oldest record whose changes may not have reached their places.</summary>
    public long Tail => U32(28);

    private int DataLength => (int)U32(12);

    private int HeaderSectors => U32(8) == Version2 && U32(320) is > DataPerHeader and var size ? (int)((size + DataPerHeader - 1) / DataPerHeader) : 1;

    /// <summary>The record whose header is at the sector; null where there is none.</summary>
    public static LogRecord? TryRead(LogRing ring, long sector)
    {
        var header = ring.Read(sector, 1);
        var record = new LogRecord(ring, sector, header);
        return record.U32(0) == Magic && record.U32(8) is 1 or Version2 && record.U32(12) is > 0 and <= MaximumDataLength && record.U32(320) <= MaximumDataLength
            ? record
            : null;
    }

    /// <summary>The last thing that unmounting writes: a record of one operation that says so.</summary>
    public bool IsUnmount() => U32(40) == 1 && (_ring.Read(Start + HeaderSectors, 1)[9] & LogOperation.UnmountFlag) != 0;

    /// <summary>The data, with the words restored that numbers of cycles replaced; null where the checksum is wrong.</summary>
    public byte[]? ReadData(bool isChecksumRequired)
    {
        if (U32(300) != LittleEndianFormat)
        {
            throw XfsVolume.Unsupported(_ring.OffsetOf(Start), $"the log is of format {U32(300)}; only that of little-endian machines ({LittleEndianFormat}) can be replayed");
        }

        var headers = _ring.Read(Start, HeaderSectors);
        var data = _ring.Read(Start + HeaderSectors, (DataLength + LogRing.Sector - 1) / LogRing.Sector);
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(ChecksumOffset));
        if ((isChecksumRequired || stored != 0) && !HeaderLengths.Any(length => ComputeChecksum(headers, length, data) == stored))
        {
            return null;
        }

        const int FirstWords = 44;
        const int WordsPerHeader = DataPerHeader / LogRing.Sector;
        for (var sector = 0; sector < data.Length / LogRing.Sector && sector / WordsPerHeader < HeaderSectors; sector++)
        {
            var words = sector < WordsPerHeader ? FirstWords : sector / WordsPerHeader * LogRing.Sector + 4;
            headers.AsSpan(words + sector % WordsPerHeader * 4, 4).CopyTo(data.AsSpan(sector * LogRing.Sector));
        }

        return data[..DataLength];
    }

    private uint ComputeChecksum(ReadOnlySpan<byte> headers, int headerLength, ReadOnlySpan<byte> data)
    {
        const int ExtendedHeaderLength = 260;
        var checksum = Crc32C.Append(uint.MaxValue, headers[..ChecksumOffset]);
        checksum = Crc32C.AppendLittleEndian(checksum, 0);
        checksum = Crc32C.Append(checksum, headers[(ChecksumOffset + 4)..headerLength]);
        for (var index = 1; index < Math.Min(HeaderSectors, (DataLength + DataPerHeader - 1) / DataPerHeader); index++)
        {
            checksum = Crc32C.Append(checksum, headers.Slice(index * LogRing.Sector, ExtendedHeaderLength));
        }

        return ~Crc32C.Append(checksum, data[..DataLength]);
    }

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(offset));
}
