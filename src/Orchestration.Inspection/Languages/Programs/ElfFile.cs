using System.Buffers.Binary;
using System.Text;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>A part of a program: where it lies in the file and, once loaded, in memory.</summary>
internal readonly record struct ElfPart(ulong Address, long Offset, long Length);

/// <summary>The sections and loaded segments of an ELF program (System V ABI, chapters 4 and 5), of either width and byte order. Only its tables are read.</summary>
internal sealed class ElfFile
{
    private const int MaximumParts = 10_000;

    private const int MaximumNames = 1 << 20;

    private const uint Load = 1;

    private const uint Writable = 2;

    private const uint NoBits = 8;

    private readonly GuestContent _content;
    private readonly Dictionary<string, ElfPart> _sections = new(StringComparer.Ordinal);
    private readonly List<(ElfPart Part, bool Writable)> _segments = [];

    private ElfFile(GuestContent content, bool is64Bit, bool isLittleEndian) => (_content, Is64Bit, IsLittleEndian) = (content, is64Bit, isLittleEndian);

    public bool Is64Bit { get; }

    public bool IsLittleEndian { get; }

    /// <summary>Where a Go program keeps its data when its section table was stripped: the first segment that can be written to.</summary>
    public ElfPart? FirstWritable => _segments.Where(segment => segment.Writable).Select(segment => (ElfPart?)segment.Part).FirstOrDefault();

    /// <returns>Null where the file is no ELF program.</returns>
    /// <exception cref="InspectionException">Its tables leave the file, or are larger than any program's.</exception>
    public static ElfFile? Open(GuestContent content)
    {
        const int HeaderLength = 64;
        if (content.Length < HeaderLength)
        {
            return null;
        }

        var header = content.ReadBytes(0, HeaderLength);
        if (!header.AsSpan().StartsWith("\u007fELF"u8) || header[4] is not (1 or 2) || header[5] is not (1 or 2))
        {
            return null;
        }

        var file = new ElfFile(content, header[4] == 2, header[5] == 1);
        var (segments, sections) = file.Is64Bit
            ? (file.Table(header, 32, 54, 56), file.Table(header, 40, 58, 60))
            : (file.Table(header, 28, 42, 44), file.Table(header, 32, 46, 48));
        file.ReadSegments(segments);
        file.ReadSections(sections, file.Short(header, file.Is64Bit ? 62 : 50));
        return file;
    }

    public ElfPart? FindSection(string name) => _sections.TryGetValue(name, out var part) ? part : null;

    /// <summary>Reads what lies at an address of the loaded program.</summary>
    /// <exception cref="InspectionException">Nothing of the file is loaded there.</exception>
    public byte[] ReadAt(ulong address, int count)
    {
        foreach (var (part, _) in _segments)
        {
            if (address >= part.Address && address - part.Address <= (ulong)Math.Max(part.Length - count, -1) && part.Length >= count)
            {
                return _content.ReadBytes(part.Offset + (long)(address - part.Address), count);
            }
        }

        throw _content.Damage(0, $"expected {count} bytes at the address {address:x}, found none loaded there");
    }

    public ulong Word(ReadOnlySpan<byte> bytes) => Is64Bit
        ? (IsLittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes))
        : Number(bytes);

    private (long Offset, int EntryLength, int Count) Table(byte[] header, int offset, int entryLength, int count)
    {
        var position = Word(header.AsSpan(offset));
        return position > (ulong)_content.Length ? (0, 0, 0) : ((long)position, Short(header, entryLength), Short(header, count));
    }

    private void ReadSegments((long Offset, int EntryLength, int Count) table)
    {
        foreach (var entry in Entries(table, Is64Bit ? 56 : 32))
        {
            var flags = Number(entry.AsSpan(Is64Bit ? 4 : 24));
            if (Number(entry) == Load)
            {
                _segments.Add((
                    Is64Bit ? Part(Word(entry.AsSpan(16)), Word(entry.AsSpan(8)), Word(entry.AsSpan(32))) : Part(Word(entry.AsSpan(8)), Word(entry.AsSpan(4)), Word(entry.AsSpan(16))),
                    (flags & Writable) != 0));
            }
        }
    }

    private void ReadSections((long Offset, int EntryLength, int Count) table, int namesIndex)
    {
        var found = new List<(int Name, ElfPart Part)>();
        foreach (var entry in Entries(table, Is64Bit ? 64 : 40))
        {
            var part = Is64Bit ? Part(Word(entry.AsSpan(16)), Word(entry.AsSpan(24)), Word(entry.AsSpan(32))) : Part(Word(entry.AsSpan(12)), Word(entry.AsSpan(16)), Word(entry.AsSpan(20)));
            found.Add(((int)Math.Min(Number(entry), int.MaxValue), Number(entry.AsSpan(4)) == NoBits ? part with { Length = 0 } : part));
        }

        if (namesIndex >= found.Count)
        {
            return;
        }

        var (_, namesPart) = found[namesIndex];
        var names = _content.ReadBytes(namesPart.Offset, (int)Math.Min(namesPart.Length, MaximumNames));
        foreach (var (name, part) in found.Where(section => section.Name < names.Length))
        {
            var rest = names.AsSpan(name);
            var end = rest.IndexOf((byte)0);
            _sections.TryAdd(Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]), part);
        }
    }

    private IEnumerable<byte[]> Entries((long Offset, int EntryLength, int Count) table, int minimum)
    {
        if (table.Count == 0 || table.Offset == 0)
        {
            return [];
        }

        return table.EntryLength >= minimum && table.Count <= MaximumParts
            ? _content.ReadBytes(table.Offset, table.EntryLength * table.Count).Chunk(table.EntryLength)
            : throw _content.Damage(table.Offset, $"expected a table of at most {MaximumParts} entries of {minimum} bytes, found {table.Count} of {table.EntryLength}");
    }

    /// <summary>What leaves the file is cut: a stripped program may claim more than it has.</summary>
    private ElfPart Part(ulong address, ulong offset, ulong length)
    {
        var start = (long)Math.Min(offset, (ulong)_content.Length);
        return new ElfPart(address, start, (long)Math.Min(length, (ulong)(_content.Length - start)));
    }

    private uint Number(ReadOnlySpan<byte> bytes) => IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private int Short(byte[] bytes, int offset) =>
        IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset)) : BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset));
}
