using System.Buffers.Binary;
using System.Text;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>The sections of a program for Windows (Microsoft PE format, "COFF File Header", "Optional Header", "Section Table"), of either width. Only its tables are read.</summary>
internal sealed class PeFile : ProgramImage
{
    private const int DosHeaderLength = 64;
    private const int FileHeaderLength = 24;
    private const int SectionLength = 40;

    /// <summary>The loader of Windows takes no more (PE format, "NumberOfSections").</summary>
    private const int MaximumSections = 96;

    private const ushort Magic32Bit = 0x10B;
    private const ushort Magic64Bit = 0x20B;
    private const uint WritableData = 0xC000_0040;
    private const uint AlignmentBits = 0x00F0_0000;

    /// <summary>The linker puts build information first; where another linker put the parts together, its own data come before.</summary>
    private const int SearchedBytes = 64 << 10;

    private readonly List<(string Name, ProgramPart Part, uint Characteristics)> _sections = [];

    private PeFile(GuestContent content, bool is64Bit)
        : base(content) => Is64Bit = is64Bit;

    public override bool Is64Bit { get; }

    public override ProgramPart? GoData => _sections.Where(section => (section.Characteristics & ~AlignmentBits) == WritableData && section.Part.Length > 0)
        .Select(section => (ProgramPart?)(section.Part with { Length = Math.Min(section.Part.Length, SearchedBytes) })).FirstOrDefault();

    protected override IEnumerable<ProgramPart> Loaded => _sections.Select(section => section.Part);

    /// <returns>Null where the file is no program for Windows.</returns>
    /// <exception cref="InspectionException">Its tables leave the file, or are larger than any program's.</exception>
    public static new PeFile? Open(GuestContent content)
    {
        if (content.Length < DosHeaderLength || content.ReadBytes(0, DosHeaderLength) is not ([(byte)'M', (byte)'Z', ..] and var dos))
        {
            return null;
        }

        // Programs for DOS alone begin alike, and have anything there.
        var start = BinaryPrimitives.ReadUInt32LittleEndian(dos.AsSpan(60));
        if (start > content.Length - FileHeaderLength || content.ReadBytes(start, FileHeaderLength) is not ([(byte)'P', (byte)'E', 0, 0, ..] and var header))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6));
        var optionalLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(20));
        var optional = content.ReadBytes(start + FileHeaderLength, optionalLength);
        var magic = optionalLength >= 32 ? BinaryPrimitives.ReadUInt16LittleEndian(optional) : 0;
        if (magic is not (Magic32Bit or Magic64Bit))
        {
            return null;
        }

        if (count > MaximumSections)
        {
            throw content.Damage(start, $"expected at most {MaximumSections} sections, found {count}");
        }

        var file = new PeFile(content, magic == Magic64Bit);
        var imageBase = file.Is64Bit ? BinaryPrimitives.ReadUInt64LittleEndian(optional.AsSpan(24)) : BinaryPrimitives.ReadUInt32LittleEndian(optional.AsSpan(28));
        foreach (var entry in content.ReadBytes(start + FileHeaderLength + optionalLength, count * SectionLength).Chunk(SectionLength))
        {
            file.Add(entry, imageBase);
        }

        return file;
    }

    public override ProgramPart? FindSection(string name) =>
        _sections.Where(section => section.Name == name).Select(section => (ProgramPart?)section.Part).FirstOrDefault();

    public override ulong Word(ReadOnlySpan<byte> bytes) => Is64Bit ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private void Add(byte[] entry, ulong imageBase)
    {
        uint Number(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(offset));

        // In the file a section is filled up to a multiple of the alignment; in memory it may be longer than what is stored.
        var (size, stored) = (Number(8), Number(16));
        _sections.Add((
            Encoding.Latin1.GetString(entry, 0, 8).TrimEnd('\0'),
            Part(unchecked(imageBase + Number(12)), Number(20), size == 0 ? stored : Math.Min(size, stored)),
            Number(36)));
    }
}
