using System.Buffers.Binary;

namespace Orchestration.DiskImages.Formats.Vhdx.Log;

/// <summary>What one descriptor of a log entry does: writes a sector of 4 KiB, or zeros.</summary>
/// <param name="Offset">Where in the file.</param>
/// <param name="Length">Bytes written.</param>
/// <param name="Sector">What is written; null for zeros.</param>
internal readonly record struct LogWrite(long Offset, long Length, byte[]? Sector);

/// <summary>An entry of the log whose signature, identifier, checksum and descriptors are right.</summary>
internal sealed record LogEntry
{
    public const int Sector = 4096;

    private const int HeaderLength = 64;
    private const int DescriptorLength = 32;

    public required int Start { get; init; }

    public required int Length { get; init; }

    public required ulong Sequence { get; init; }

    /// <summary>Where in the log the oldest entry lies that was not yet written through when this one was made.</summary>
    public required uint Tail { get; init; }

    public required long FlushedFileLength { get; init; }

    public required long LastFileLength { get; init; }

    public required IReadOnlyList<LogWrite> Writes { get; init; }

    /// <summary>How long the entry is that seems to begin at that place of the log; 0 where none does.</summary>
    public static int MeasureCandidate(byte[] log, int start, Guid identifier)
    {
        var header = log.AsSpan(start, HeaderLength);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        return header.StartsWith("loge"u8) && new Guid(header.Slice(32, 16)) == identifier && length >= Sector && length % Sector == 0 && length <= log.Length
            ? (int)length
            : 0;
    }

    /// <summary>The entry of that length at that place of the log, which is a ring; null where it is not valid.</summary>
    public static LogEntry? Read(byte[] log, int start, int length)
    {
        var entry = new byte[length];
        var untilEnd = Math.Min(entry.Length, log.Length - start);
        log.AsSpan(start, untilEnd).CopyTo(entry);
        log.AsSpan(0, entry.Length - untilEnd).CopyTo(entry.AsSpan(untilEnd));
        return VhdxFormat.HasRightChecksum(entry) ? Parse(entry, start) : null;
    }

    private static LogEntry? Parse(byte[] entry, int start)
    {
        var sequence = BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(16));
        var count = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(24));
        if (sequence == 0 || HeaderLength + (long)count * DescriptorLength > entry.Length)
        {
            return null;
        }

        // Descriptors fill whole sectors; the sectors of data follow in their order.
        var data = (HeaderLength + (int)count * DescriptorLength + Sector - 1) / Sector * Sector;
        var writes = new List<LogWrite>();
        for (var i = 0; i < count; i++)
        {
            var descriptor = entry.AsSpan(HeaderLength + i * DescriptorLength, DescriptorLength);
            if (BinaryPrimitives.ReadUInt64LittleEndian(descriptor[24..]) != sequence || ReadWrite(descriptor, entry, ref data, sequence) is not { } write)
            {
                return null;
            }

            writes.Add(write);
        }

        return new LogEntry
        {
            Start = start,
            Length = entry.Length,
            Sequence = sequence,
            Tail = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(12)),
            FlushedFileLength = BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(48)),
            LastFileLength = BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(56)),
            Writes = writes,
        };
    }

    private static LogWrite? ReadWrite(ReadOnlySpan<byte> descriptor, byte[] entry, ref int data, ulong sequence)
    {
        var offset = BinaryPrimitives.ReadInt64LittleEndian(descriptor[16..]);
        if (offset < 0 || offset % Sector != 0)
        {
            return null;
        }

        if (descriptor.StartsWith("zero"u8))
        {
            var length = BinaryPrimitives.ReadInt64LittleEndian(descriptor[8..]);
            return length >= 0 && length % Sector == 0 && offset <= long.MaxValue - length ? new LogWrite(offset, length, null) : null;
        }

        if (!descriptor.StartsWith("desc"u8) || data > entry.Length - Sector)
        {
            return null;
        }

        var sector = entry.AsSpan(data, Sector);
        data += Sector;
        return sector.StartsWith("data"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[4..]) == sequence >> 32
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[^4..]) == (uint)sequence
            ? new LogWrite(offset, Sector, [.. descriptor[8..16], .. sector[8..^4], .. descriptor[4..8]])
            : null;
    }
}
