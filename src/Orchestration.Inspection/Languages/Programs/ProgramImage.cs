using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>A part of a program: where it lies in the file and, once loaded, in memory.</summary>
internal readonly record struct ProgramPart(ulong Address, long Offset, long Length);

/// <summary>What of a program's file is found through its tables, whatever its format.</summary>
internal abstract class ProgramImage(GuestContent content)
{
    public GuestContent Content => content;

    public abstract bool Is64Bit { get; }

    /// <summary>Where a Go program has its build information; null where it can have none.</summary>
    public abstract ProgramPart? GoData { get; }

    /// <summary>The parts that are loaded into memory.</summary>
    protected abstract IEnumerable<ProgramPart> Loaded { get; }

    /// <summary>Reads its tables.</summary>
    /// <returns>Null where the file is no program of a known format.</returns>
    /// <exception cref="InspectionException">Its tables leave the file, or are larger than any program's.</exception>
    public static ProgramImage? Open(GuestContent content) => ElfFile.Open(content) ?? (ProgramImage?)PeFile.Open(content);

    public abstract ProgramPart? FindSection(string name);

    /// <summary>A number as wide as a pointer, in the program's byte order.</summary>
    public abstract ulong Word(ReadOnlySpan<byte> bytes);

    /// <summary>Reads what lies at an address of the loaded program.</summary>
    /// <exception cref="InspectionException">Nothing of the file is loaded there.</exception>
    public byte[] ReadAt(ulong address, int count)
    {
        foreach (var part in Loaded)
        {
            if (address >= part.Address && address - part.Address <= (ulong)Math.Max(part.Length - count, -1) && part.Length >= count)
            {
                return content.ReadBytes(part.Offset + (long)(address - part.Address), count);
            }
        }

        throw content.Damage(0, $"expected {count} bytes at the address {address:x}, found none loaded there");
    }

    /// <summary>What leaves the file is cut: a stripped program may claim more than it has.</summary>
    protected ProgramPart Part(ulong address, ulong offset, ulong length)
    {
        var start = (long)Math.Min(offset, (ulong)content.Length);
        return new ProgramPart(address, start, (long)Math.Min(length, (ulong)(content.Length - start)));
    }
}
