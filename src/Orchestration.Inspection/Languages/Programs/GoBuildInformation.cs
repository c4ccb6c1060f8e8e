using System.Text;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>
/// What the Go linker notes in a program (Go, package <c>debug/buildinfo</c>): sixteen bytes with a magic, the size of a pointer and flags, then, since Go 1.18, the compiler's
/// version and the modules as texts with their lengths; before, two pointers to Go strings.
/// </summary>
internal static class GoBuildInformation
{
    private const int Alignment = 16;

    private const int HeaderLength = 32;

    private const int MaximumSearch = 1 << 20;

    private const int MaximumText = 4 << 20;

    // The list of modules lies between two marks of sixteen bytes each.
    private const int MarkLength = 16;

    /// <summary>The version of a module that was built out of a directory.</summary>
    private const string Development = "(devel)";

    private static readonly byte[] Magic = [0xFF, .. " Go buildinf:"u8];

    public static IReadOnlyList<LanguagePackage> Read(ProgramImage program, ScannedFile file)
    {
        var content = program.Content;
        if (program.GoData is not { } part || Find(part, content, file.Budget) is not { } start)
        {
            return [];
        }

        var header = content.ReadBytes(start, HeaderLength);
        var isInline = (header[15] & 2) != 0;
        var position = start + HeaderLength;
        var version = isInline ? Inline(content, ref position, file.Budget) : Pointed(program, header, index: 0, file.Budget);
        var modules = isInline ? Inline(content, ref position, file.Budget) : Pointed(program, header, index: 1, file.Budget);
        return [.. Describe(Encoding.UTF8.GetString(version), modules, file.Path)];
    }

    private static long? Find(ProgramPart part, GuestContent content, ScanBudget budget)
    {
        var length = (int)Math.Min(part.Length, MaximumSearch);
        if (length < HeaderLength)
        {
            return null;
        }

        // Nearly always it is at the very start, so that little is read.
        foreach (var window in new[] { Math.Min(length, 4096), length }.Distinct())
        {
            budget.Take(window);
            var bytes = content.ReadBytes(part.Offset, window);
            for (var position = 0; position <= window - HeaderLength; position += Alignment)
            {
                if (bytes.AsSpan(position).StartsWith(Magic))
                {
                    return part.Offset + position;
                }
            }
        }

        return null;
    }

    private static byte[] Inline(GuestContent content, ref long position, ScanBudget budget)
    {
        // An unsigned varint: seven bits a byte, the least first.
        ulong length = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = content.ReadBytes(position++, 1)[0];
            length |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                break;
            }
        }

        var text = content.ReadBytes(position, Bound(length, content, budget));
        position += text.Length;
        return text;
    }

    /// <summary>A Go string is a pointer and a length, each as wide as the header says.</summary>
    private static byte[] Pointed(ProgramImage program, byte[] header, int index, ScanBudget budget)
    {
        var width = program.Is64Bit ? 8 : 4;
        var pointer = program.Word(header.AsSpan(MarkLength + (index * width)));
        if (header[14] != width || pointer == 0)
        {
            return [];
        }

        var text = program.ReadAt(pointer, 2 * width);
        var length = program.Word(text.AsSpan(width));
        return length == 0 ? [] : program.ReadAt(program.Word(text), Bound(length, null, budget));
    }

    private static int Bound(ulong length, GuestContent? content, ScanBudget budget)
    {
        if (length > MaximumText)
        {
            throw new InspectionException(InspectionError.FileTooLarge, content?.Path, $"expected at most {MaximumText} bytes of build information, found {length}");
        }

        budget.Take((long)length);
        return (int)length;
    }

    private static IEnumerable<LanguagePackage> Describe(string version, byte[] modules, string path)
    {
        if (version.StartsWith("go1", StringComparison.Ordinal))
        {
            yield return new LanguagePackage("Go", "stdlib", version.Split(' ')[0]["go".Length..], path);
        }

        var text = modules.Length >= (2 * MarkLength) + 1 && modules[^(MarkLength + 1)] == '\n' ? Encoding.UTF8.GetString(modules.AsSpan(MarkLength..^MarkLength)) : "";
        LanguagePackage? last = null;
        foreach (var words in text.Split('\n').Select(line => line.Split('\t')))
        {
            if (words is ["=>", var replacement, var replacing, ..])
            {
                // A directory that replaces a module has no version: then nobody can say which one it is.
                last = replacing is not ("" or Development) ? new LanguagePackage("Go", replacement, replacing, path) : null;
                continue;
            }

            if (last is not null)
            {
                yield return last;
            }

            last = words is ["mod" or "dep", { Length: > 0 } name, { Length: > 0 } module, ..] && module != Development ? new LanguagePackage("Go", name, module, path) : null;
        }

        if (last is not null)
        {
            yield return last;
        }
    }
}
