using System.Buffers.Binary;
using System.Text;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// A package's header as rpm stores it in its database: two big-endian counts, index entries of sixteen bytes (tag, type, offset, count), then
/// the data that they point into. It is the header of an <c>.rpm</c> file without the magic before it (rpm, <c>docs/manual/hregions.md</c>).
/// </summary>
internal sealed class RpmHeader
{
    private const int EntryLength = 16;

    // rpm's own limits for headers that it reads: HEADER_TAGS_MAX and HEADER_DATA_MAX.
    private const int MaximumEntries = 0xFFFF;
    private const int MaximumData = 0x0FFFFFFF;

    private readonly byte[] _blob;
    private readonly int _data;
    private readonly Dictionary<int, (RpmType Type, int Offset, int Count)> _entries;

    private RpmHeader(byte[] blob, int data, Dictionary<int, (RpmType Type, int Offset, int Count)> entries)
    {
        _blob = blob;
        _data = data;
        _entries = entries;
    }

    private enum RpmType
    {
        Int32 = 4,
        Int64 = 5,
        Text = 6,
        TextArray = 8,
        TranslatedText = 9,
    }

    /// <returns>Null where the bytes are no header; <paramref name="problem"/> says why.</returns>
    public static RpmHeader? Parse(byte[] blob, out string problem)
    {
        problem = "";
        if (blob.Length < 8)
        {
            problem = $"expected the counts of a header, found {blob.Length} bytes";
            return null;
        }

        var count = BinaryPrimitives.ReadUInt32BigEndian(blob);
        var dataLength = BinaryPrimitives.ReadUInt32BigEndian(blob.AsSpan(4));
        if (count is 0 or > MaximumEntries || dataLength > MaximumData || 8 + (count * EntryLength) + dataLength > blob.Length)
        {
            problem = $"expected a header of {blob.Length} bytes, found one of {count} entries and {dataLength} bytes of data";
            return null;
        }

        var data = 8 + ((int)count * EntryLength);
        var entries = new Dictionary<int, (RpmType Type, int Offset, int Count)>((int)count);
        for (var position = 8; position < data; position += EntryLength)
        {
            var entry = blob.AsSpan(position, EntryLength);
            var offset = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            if (offset < dataLength)
            {
                // What rpm adds on installation follows the signed region, and counts where both have a tag.
                entries[BinaryPrimitives.ReadInt32BigEndian(entry)] = ((RpmType)BinaryPrimitives.ReadInt32BigEndian(entry[4..]), (int)offset, (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(entry[12..]), int.MaxValue));
            }
        }

        return new RpmHeader(blob, data, entries);
    }

    /// <summary>A string, or the first of several (the untranslated one); null where the header has none, or rpm's <c>(none)</c>.</summary>
    public string? Text(RpmTag tag)
    {
        if (!_entries.TryGetValue((int)tag, out var entry) || entry.Type is not (RpmType.Text or RpmType.TextArray or RpmType.TranslatedText))
        {
            return null;
        }

        var rest = _blob.AsSpan(_data + entry.Offset);
        var end = rest.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        return text.Length == 0 || text == "(none)" ? null : text;
    }

    /// <summary>All strings of a list; empty where the header has none.</summary>
    public IReadOnlyList<string> Texts(RpmTag tag)
    {
        var texts = new List<string>();
        if (_entries.TryGetValue((int)tag, out var entry) && entry.Type is RpmType.TextArray or RpmType.TranslatedText)
        {
            var rest = _blob.AsSpan(_data + entry.Offset);
            for (var end = rest.IndexOf((byte)0); end >= 0 && texts.Count < entry.Count; end = rest.IndexOf((byte)0))
            {
                texts.Add(Encoding.UTF8.GetString(rest[..end]));
                rest = rest[(end + 1)..];
            }
        }

        return texts;
    }

    /// <summary>All numbers of a list of 32 bits each; empty where the header has none.</summary>
    public IReadOnlyList<uint> Numbers(RpmTag tag)
    {
        var numbers = new List<uint>();
        if (_entries.TryGetValue((int)tag, out var entry) && entry.Type == RpmType.Int32)
        {
            for (var rest = _blob.AsSpan(_data + entry.Offset); rest.Length >= 4 && numbers.Count < entry.Count; rest = rest[4..])
            {
                numbers.Add(BinaryPrimitives.ReadUInt32BigEndian(rest));
            }
        }

        return numbers;
    }

    /// <summary>An unsigned number, or the first of several; null where the header has none.</summary>
    public long? Number(RpmTag tag)
    {
        if (!_entries.TryGetValue((int)tag, out var entry))
        {
            return null;
        }

        var rest = _blob.AsSpan(_data + entry.Offset);
        return entry.Type switch
        {
            RpmType.Int32 when rest.Length >= 4 => BinaryPrimitives.ReadUInt32BigEndian(rest),
            RpmType.Int64 when rest.Length >= 8 && BinaryPrimitives.ReadInt64BigEndian(rest) is >= 0 and var value => value,
            _ => null,
        };
    }
}

/// <summary>The tags that are read, by their numbers in rpm's <c>rpmtag.h</c>.</summary>
internal enum RpmTag
{
    Name = 1000,
    Version = 1001,
    Release = 1002,
    Epoch = 1003,
    Summary = 1004,
    InstallTime = 1008,
    Size = 1009,
    Vendor = 1011,
    Licence = 1014,
    Packager = 1015,
    Group = 1016,
    Architecture = 1022,
    SourceRpm = 1044,
    DirectoryIndexes = 1116,
    BaseNames = 1117,
    DirectoryNames = 1118,
    LongSize = 5009,
    ModularityLabel = 5096,
}
