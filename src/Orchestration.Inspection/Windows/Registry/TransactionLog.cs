using System.Buffers.Binary;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>What a log file of a hive (<c>.LOG</c>, <c>.LOG1</c>, <c>.LOG2</c>) changes in it. An entry whose hashes are wrong ends the log: it was not written whole.</summary>
internal static class TransactionLog
{
    private const int EntryHeaderLength = 40;
    private const long MaximumLength = 512 << 20;

    /// <returns>Changes in the order in which they apply; empty where the file is no log or holds nothing whole.</returns>
    public static IReadOnlyList<LogEntry> Read(GuestContent log)
    {
        if (log.Length < BaseBlock.Size || log.Length > MaximumLength || BaseBlock.Parse(log.ReadBytes(0, BaseBlock.Size)) is not { IsIntact: true } block)
        {
            return [];
        }

        return block.Type switch
        {
            6 => ReadEntries(log, block.FirstSequence),
            1 or 2 when block.FirstSequence == block.SecondSequence => ReadSectors(log, block),
            _ => [],
        };
    }

    /// <summary>Windows 8.1 and later: entries of pages, each with a number one higher than the one before it.</summary>
    private static List<LogEntry> ReadEntries(GuestContent log, uint sequence)
    {
        var entries = new List<LogEntry>();
        var header = new byte[EntryHeaderLength];
        for (long offset = BaseBlock.Size; offset <= log.Length - EntryHeaderLength; sequence++)
        {
            log.Read(offset, header);
            var size = Field(header, 4);
            if (!header.AsSpan().StartsWith("HvLE"u8) || size < EntryHeaderLength || size > log.Length - offset || Field(header, 12) != sequence)
            {
                break;
            }

            var entry = log.ReadBytes(offset, (int)size);
            var pages = Field(entry, 20);
            if (BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(24)) != Marvin32.Hash(entry.AsSpan(EntryHeaderLength))
                || BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(32)) != Marvin32.Hash(entry.AsSpan(0, 32))
                || pages > (size - EntryHeaderLength) / 8
                || ReadPages(entry, (int)pages, offset) is not { } changes)
            {
                break;
            }

            entries.Add(new LogEntry(sequence, Field(entry, 16), changes));
            offset += size;
        }

        return entries;
    }

    /// <summary>The list of pages comes first, then their contents in the same order.</summary>
    private static List<LogChange>? ReadPages(byte[] entry, int count, long position)
    {
        var changes = new List<LogChange>(count);
        long content = EntryHeaderLength + (8L * count);
        for (var page = 0; page < count; page++)
        {
            var (offset, length) = (Field(entry, EntryHeaderLength + (8 * page)), Field(entry, EntryHeaderLength + (8 * page) + 4));
            if (offset % HiveBytes.BlockLength != 0 || length % HiveBytes.BlockLength != 0 || content + length > entry.Length)
            {
                return null;
            }

            changes.Add(new LogChange(offset, length, position + content));
            content += length;
        }

        return changes;
    }

    /// <summary>Before Windows 8.1: one bit for each sector of the hive after the mark <c>DIRT</c>, then the sectors whose bits are set.</summary>
    private static IReadOnlyList<LogEntry> ReadSectors(GuestContent log, BaseBlock block)
    {
        var sectors = block.Length / HiveBytes.BlockLength;
        var bitmapLength = (sectors + 7) / 8;
        long content = (BaseBlock.Size + 4 + bitmapLength + HiveBytes.BlockLength - 1) / HiveBytes.BlockLength * HiveBytes.BlockLength;
        if (content > log.Length || !log.ReadBytes(BaseBlock.Size, 4).AsSpan().SequenceEqual("DIRT"u8))
        {
            return [];
        }

        var bitmap = log.ReadBytes(BaseBlock.Size + 4, (int)bitmapLength);
        var changes = new List<LogChange>();
        for (uint sector = 0; sector < sectors; sector++)
        {
            if ((bitmap[sector / 8] & (1 << (int)(sector % 8))) != 0)
            {
                if (content + HiveBytes.BlockLength > log.Length)
                {
                    return [];
                }

                changes.Add(new LogChange(sector * HiveBytes.BlockLength, HiveBytes.BlockLength, content));
                content += HiveBytes.BlockLength;
            }
        }

        return [new LogEntry(block.FirstSequence, block.Length, changes)];
    }

    private static uint Field(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
}

/// <param name="Sequence">Its number.</param>
/// <param name="HiveLength">Length of all hive bins after it.</param>
/// <param name="Changes">What it writes.</param>
internal sealed record LogEntry(uint Sequence, uint HiveLength, IReadOnlyList<LogChange> Changes);

/// <param name="Offset">In the hive bins; a multiple of 512.</param>
/// <param name="Length">A multiple of 512.</param>
/// <param name="Position">Where the content is in the log.</param>
internal readonly record struct LogChange(uint Offset, uint Length, long Position);
