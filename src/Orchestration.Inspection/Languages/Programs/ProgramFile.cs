using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Programs;

/// <summary>Programs in which a compiler noted what they were made of: Go's build information, and the list that <c>cargo auditable</c> adds to Rust's.</summary>
internal static class ProgramFile
{
    /// <summary>Go's and Rust's programs bring their library with them: none is smaller.</summary>
    private const int SmallestBytes = 256 << 10;

    // Endings of names that are those of programs; other short endings of lower-case letters are those of documents.
    private static readonly string[] Endings = ["bin", "dll", "elf", "exe", "run", "so"];

    public static bool Matches(string path)
    {
        var name = GuestPath.Name(path);
        var dot = name.LastIndexOf('.');
        var ending = dot > 0 ? name.AsSpan(dot + 1) : [];
        return ending.Length is 0 or > 5 || ending.IndexOfAnyExceptInRange('a', 'z') >= 0 || Array.IndexOf(Endings, ending.ToString()) >= 0;
    }

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        if (!(file.IsExecutable || IsForWindows(file.Path)) || file.Open() is not { Length: >= SmallestBytes } content || ProgramImage.Open(content) is not { } program)
        {
            return [];
        }

        return [.. GoBuildInformation.Read(program, file), .. RustAudit.Read(program, file)];
    }

    // Windows tells by the name, and file systems of Linux may hold what it runs.
    private static bool IsForWindows(string path) => path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
