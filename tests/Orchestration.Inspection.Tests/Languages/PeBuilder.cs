using System.Buffers.Binary;
using System.Text;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Writes a program for Windows of 64 or 32 bits: headers and sections, loaded one page after the other from <see cref="Base"/> on.</summary>
internal sealed class PeBuilder(bool is64Bit = true)
{
    public const uint Base = 0x400000;

    /// <summary>Initialised data that can be read and written.</summary>
    public const uint Data = 0xC000_0040;

    private const int HeaderOffset = 0x80;
    private const int FirstSection = 0x400;
    private const int Alignment = 0x200;
    private const int Page = 0x1000;

    // What the scanner takes for a program at all.
    private const int Smallest = 300 << 10;

    private readonly List<(string Name, byte[] Content, uint Characteristics)> _sections = [];

    /// <summary>The address that a byte of the next section will be loaded at.</summary>
    public ulong Next(int offset = 0) => Base + (ulong)((_sections.Count + 1) * Page + offset);

    public PeBuilder Section(string name, byte[] content, uint characteristics = Data)
    {
        _sections.Add((name, content, characteristics));
        return this;
    }

    /// <summary>A number as wide as a pointer.</summary>
    public byte[] Word(ulong value) => is64Bit ? BitConverter.GetBytes(value) : BitConverter.GetBytes((uint)value);

    public byte[] Build()
    {
        var file = new byte[Smallest];
        "MZ"u8.CopyTo(file);
        Number(60, HeaderOffset);
        "PE\0\0"u8.CopyTo(file.AsSpan(HeaderOffset));
        var optionalLength = is64Bit ? 240 : 224;
        Short(HeaderOffset + 4, is64Bit ? 0x8664 : 0x14C);
        Short(HeaderOffset + 6, _sections.Count);
        Short(HeaderOffset + 20, optionalLength);
        var optional = HeaderOffset + 24;
        Short(optional, is64Bit ? 0x20B : 0x10B);
        Number(optional + (is64Bit ? 24 : 28), Base);
        var offset = FirstSection;
        foreach (var (index, (name, content, characteristics)) in _sections.Index())
        {
            var entry = optional + optionalLength + (index * 40);
            var stored = (content.Length + Alignment - 1) / Alignment * Alignment;
            Encoding.ASCII.GetBytes(name).CopyTo(file, entry);
            Number(entry + 8, (uint)content.Length);
            Number(entry + 12, (uint)((index + 1) * Page));
            Number(entry + 16, (uint)stored);
            Number(entry + 20, (uint)offset);
            Number(entry + 36, characteristics);
            content.CopyTo(file, offset);
            offset += stored;
        }

        return file;

        void Number(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Short(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
    }
}
