using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>Programs in which a compiler noted what they were made of: Go's build information, and the list that <c>cargo auditable</c> adds to Rust's.</summary>
internal static class ProgramFile
{
    /// <summary>Go's and Rust's programs bring their library with them: none is smaller.</summary>
    private const int SmallestBytes = 256 << 10;

    // Endings of names that are those of programs; other short endings of lower-case letters are those of documents.
    private static readonly string[] Endings = ["bin", "elf", "exe", "run", "so"];

    public static bool Matches(string path)
    {
        var name = GuestPath.Name(path);
        var dot = name.LastIndexOf('.');
        var ending = dot > 0 ? name.AsSpan(dot + 1) : [];
        return ending.Length is 0 or > 5 || ending.IndexOfAnyExceptInRange('a', 'z') >= 0 || Array.IndexOf(Endings, ending.ToString()) >= 0;
    }

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        if (!file.IsExecutable || file.Open() is not { Length: >= SmallestBytes } content || ElfFile.Open(content) is not { } program)
        {
            return [];
        }

        return [.. GoBuildInformation.Read(program, content, file), .. RustAudit.Read(program, content, file)];
    }
}
