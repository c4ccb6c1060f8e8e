using System.Buffers.Binary;
using System.Text;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>Writes an ELF program of 64 or 32 bits: one segment that can be written to, loaded at <see cref="Address"/>, and sections in it.</summary>
internal sealed class ElfBuilder(bool is64Bit = true, bool isLittleEndian = true)
{
    public const ulong Address = 0x500000;

    private const int DataOffset = 0x1000;

    // What the scanner takes for a program at all.
    private const int Smallest = 300 << 10;

    private readonly List<(string Name, int Offset, int Length)> _sections = [];
    private readonly MemoryStream _data = new();

    /// <summary>The address that the next section will be loaded at.</summary>
    public ulong Next => Address + (ulong)Align();

    public ElfBuilder Section(string name, byte[] content)
    {
        var offset = Align();
        _data.Write(content);
        _sections.Add((name, DataOffset + offset, content.Length));
        return this;
    }

    /// <summary>A number as wide as a pointer.</summary>
    public byte[] Word(ulong value)
    {
        var bytes = new byte[is64Bit ? 8 : 4];
        WriteWord(bytes, value);
        return bytes;
    }

    /// <param name="stripped">Without a section table.</param>
    public byte[] Build(bool stripped = false)
    {
        var names = new MemoryStream();
        names.WriteByte(0);
        var nameOffsets = _sections.Select(section => Append(names, section.Name)).ToList();
        var namesName = Append(names, ".shstrtab");
        var namesOffset = DataOffset + (int)_data.Length;
        var tableOffset = (namesOffset + (int)names.Length + 15) & ~15;
        var entry = is64Bit ? 64 : 40;
        var file = new byte[Math.Max(tableOffset + ((_sections.Count + 2) * entry), Smallest)];
        "\u007fELF"u8.CopyTo(file);
        (file[4], file[5], file[6]) = ((byte)(is64Bit ? 2 : 1), (byte)(isLittleEndian ? 1 : 2), 1);
        var header = is64Bit ? 64 : 52;
        WriteWord(file.AsSpan(is64Bit ? 32 : 28), (ulong)header);
        WriteShort(file.AsSpan(is64Bit ? 54 : 42), is64Bit ? 56 : 32);
        WriteShort(file.AsSpan(is64Bit ? 56 : 44), 1);
        WriteShort(file.AsSpan(is64Bit ? 58 : 46), entry);
        if (!stripped)
        {
            WriteWord(file.AsSpan(is64Bit ? 40 : 32), (ulong)tableOffset);
            WriteShort(file.AsSpan(is64Bit ? 60 : 48), _sections.Count + 2);
            WriteShort(file.AsSpan(is64Bit ? 62 : 50), _sections.Count + 1);
        }

        var segment = file.AsSpan(header);
        WriteNumber(segment, 1);
        WriteNumber(segment[(is64Bit ? 4 : 24)..], 6);
        WriteWord(segment[(is64Bit ? 8 : 4)..], DataOffset);
        WriteWord(segment[(is64Bit ? 16 : 8)..], Address);
        WriteWord(segment[(is64Bit ? 32 : 16)..], (ulong)_data.Length);
        _data.ToArray().CopyTo(file, DataOffset);
        names.ToArray().CopyTo(file, namesOffset);
        for (var index = 0; index < _sections.Count; index++)
        {
            var (_, offset, length) = _sections[index];
            WriteSection(file.AsSpan(tableOffset + ((index + 1) * entry)), nameOffsets[index], offset, length);
        }

        WriteSection(file.AsSpan(tableOffset + ((_sections.Count + 1) * entry)), namesName, namesOffset, (int)names.Length);
        return file;
    }

    private static int Append(MemoryStream names, string name)
    {
        var offset = (int)names.Length;
        names.Write(Encoding.ASCII.GetBytes(name + "\0"));
        return offset;
    }

    private int Align()
    {
        _data.SetLength((_data.Length + 15) & ~15);
        _data.Position = _data.Length;
        return (int)_data.Length;
    }

    private void WriteSection(Span<byte> section, int name, int offset, int length)
    {
        WriteNumber(section, (uint)name);
        WriteNumber(section[4..], 1);
        WriteWord(section[(is64Bit ? 16 : 12)..], Address + (ulong)(offset - DataOffset));
        WriteWord(section[(is64Bit ? 24 : 16)..], (ulong)offset);
        WriteWord(section[(is64Bit ? 32 : 20)..], (ulong)length);
    }

    private void WriteWord(Span<byte> at, ulong value)
    {
        if (!is64Bit)
        {
            WriteNumber(at, (uint)value);
        }
        else if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(at, value);
        }
    }

    private void WriteNumber(Span<byte> at, uint value)
    {
        if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, value);
        }
    }

    private void WriteShort(Span<byte> at, int value)
    {
        if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)value);
        }
    }
}
