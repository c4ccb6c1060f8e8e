using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.ExFat;

/// <summary>What a directory says of a file: a set of entries of 32 bytes (exFAT specification, sections 7.4, 7.6 and 7.7).</summary>
/// <param name="entries">The entry of the file, then the one of its content, then those of its name.</param>
internal sealed class ExFatFile(byte[] entries)
{
    public const int EntryLength = 32;
    public const byte FileType = 0x85;
    public const byte ContentType = 0xc0;
    public const byte NameType = 0xc1;

    private const int Content = EntryLength;
    private const int CharactersPerEntry = 15;

    public bool IsDirectory => (entries[4] & 0x10) != 0;

    public bool IsReadOnly => (entries[4] & 0x1) != 0;

    /// <summary>Its clusters follow each other, and the allocation table says nothing of them.</summary>
    public bool IsContiguous => (entries[Content + 1] & 0x2) != 0;

    public uint Cluster => BinaryPrimitives.ReadUInt32LittleEndian(entries.AsSpan(Content + 20));

    /// <summary>Bytes of the content.</summary>
    public ulong Size => BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(Content + 24));

    /// <summary>Bytes of the content that were ever written; the others read as zeros.</summary>
    public ulong WrittenSize => BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(Content + 8));

    public DateTimeOffset Modified => ReadTime(12, 21, 23);

    public string Name
    {
        get
        {
            var name = new StringBuilder();
            for (var entry = 2 * EntryLength; entry < entries.Length; entry += EntryLength)
            {
                name.Append(Encoding.Unicode.GetString(entries, entry + 2, CharactersPerEntry * sizeof(char)));
            }

            return name.ToString(0, Math.Min(name.Length, entries[Content + 3]));
        }
    }

    /// <summary>Whether the set is whole: its types are in order, there is room for its name, and its checksum is right.</summary>
    public bool IsSound
    {
        get
        {
            var isInOrder = entries.Length >= 3 * EntryLength && entries[0] == FileType && entries[Content] == ContentType;
            for (var entry = 2 * EntryLength; isInOrder && entry < entries.Length; entry += EntryLength)
            {
                isInOrder = entries[entry] == NameType;
            }

            return isInOrder
                && entries[Content + 3] > 0 && entries[Content + 3] <= (entries.Length / EntryLength - 2) * CharactersPerEntry
                && BinaryPrimitives.ReadUInt16LittleEndian(entries.AsSpan(2)) == ComputeChecksum();
        }
    }

    private ushort ComputeChecksum()
    {
        ushort sum = 0;
        for (var at = 0; at < entries.Length; at++)
        {
            if (at is not (2 or 3))
            {
                sum = (ushort)((ushort)(sum << 15 | sum >> 1) + entries[at]);
            }
        }

        return sum;
    }

    // Two seconds to a step, and hundredths of seconds beside; the distance from UTC, where it is known, in quarters of an hour.
    private DateTimeOffset ReadTime(int offset, int hundredths, int zone)
    {
        const int ZoneKnown = 0x80;
        const int MostQuarters = 56;
        var stamp = BinaryPrimitives.ReadUInt32LittleEndian(entries.AsSpan(offset));
        var year = 1980 + (int)(stamp >> 25);
        var month = Math.Clamp((int)(stamp >> 21 & 0xf), 1, 12);
        var day = Math.Clamp((int)(stamp >> 16 & 0x1f), 1, DateTime.DaysInMonth(year, month));
        var quarters = (entries[zone] & ZoneKnown) != 0 ? (sbyte)(entries[zone] << 1) >> 1 : 0;
        return new DateTimeOffset(year, month, day, Math.Min((int)(stamp >> 11 & 0x1f), 23), Math.Min((int)(stamp >> 5 & 0x3f), 59), Math.Min((int)(stamp & 0x1f) * 2, 58), TimeSpan.Zero)
            .AddMilliseconds(Math.Min((int)entries[hundredths], 199) * 10)
            .AddMinutes(-15 * Math.Clamp(quarters, -MostQuarters, MostQuarters));
    }
}
