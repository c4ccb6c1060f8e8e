using System.Buffers.Binary;
using System.Text;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>The sections and loaded segments of an ELF program (System V ABI, chapters 4 and 5), of either width and byte order. Only its tables are read.</summary>
internal sealed class ElfFile : ProgramImage
{
    private const int MaximumParts = 10_000;

    private const int MaximumNames = 1 << 20;

    private const uint Load = 1;

    private const uint Writable = 2;

    private const uint NoBits = 8;

    private readonly Dictionary<string, ProgramPart> _sections = new(StringComparer.Ordinal);
    private readonly List<(ProgramPart Part, bool Writable)> _segments = [];

    private ElfFile(GuestContent content, bool is64Bit, bool isLittleEndian)
        : base(content) => (Is64Bit, IsLittleEndian) = (is64Bit, isLittleEndian);

    public override bool Is64Bit { get; }

    public bool IsLittleEndian { get; }

    // Where the section table was stripped it is at the start of the first segment that can be written to.
    public override ProgramPart? GoData => FindSection(".go.buildinfo") ?? _segments.Where(segment => segment.Writable).Select(segment => (ProgramPart?)segment.Part).FirstOrDefault();

    protected override IEnumerable<ProgramPart> Loaded => _segments.Select(segment => segment.Part);

    /// <returns>Null where the file is no ELF program.</returns>
    /// <exception cref="InspectionException">Its tables leave the file, or are larger than any program's.</exception>
    public static new ElfFile? Open(GuestContent content)
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

    public override ProgramPart? FindSection(string name) => _sections.TryGetValue(name, out var part) ? part : null;

    public override ulong Word(ReadOnlySpan<byte> bytes) => Is64Bit
        ? (IsLittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes))
        : Number(bytes);

    private (long Offset, int EntryLength, int Count) Table(byte[] header, int offset, int entryLength, int count)
    {
        var position = Word(header.AsSpan(offset));
        return position > (ulong)Content.Length ? (0, 0, 0) : ((long)position, Short(header, entryLength), Short(header, count));
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
        var found = new List<(int Name, ProgramPart Part)>();
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
        var names = Content.ReadBytes(namesPart.Offset, (int)Math.Min(namesPart.Length, MaximumNames));
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
            ? Content.ReadBytes(table.Offset, table.EntryLength * table.Count).Chunk(table.EntryLength)
            : throw Content.Damage(table.Offset, $"expected a table of at most {MaximumParts} entries of {minimum} bytes, found {table.Count} of {table.EntryLength}");
    }

    private uint Number(ReadOnlySpan<byte> bytes) => IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private int Short(byte[] bytes, int offset) =>
        IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset)) : BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset));
}
