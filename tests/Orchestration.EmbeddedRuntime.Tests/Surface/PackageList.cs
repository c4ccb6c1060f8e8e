using System.Text.RegularExpressions;

namespace Orchestration.EmbeddedRuntime.Tests.Surface;

/// <summary>The lists beside the tests.</summary>
internal static partial class PackageList
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Surface");

    /// <summary>What the Microsoft packages declare.</summary>
    public static IReadOnlySet<Declaration> Expected { get; } =
        Directory.EnumerateFiles(Path.Combine(Folder, "Packages"), "*.txt").SelectMany(Read).ToHashSet();

    /// <summary>Types and members that are not here, or are here and not in the lists, with the reason.</summary>
    public static IReadOnlyList<string> LeftOut { get; } = ReadPatterns("left-out.txt");

    /// <inheritdoc cref="LeftOut"/>
    public static IReadOnlyList<string> Added { get; } = ReadPatterns("added.txt");

    /// <summary>Whether a line of a list names a declaration: its type, or its type and the beginning of its own text.</summary>
    public static bool Names(string line, Declaration declaration)
    {
        string[] parts = line.Split(" :: ", 2);
        bool isType = parts[0].EndsWith(".*", StringComparison.Ordinal)
            ? declaration.Type.StartsWith(parts[0][..^1], StringComparison.Ordinal)
            : declaration.Type == parts[0];
        return isType && (parts.Length == 1 || declaration.Text.Contains(parts[1], StringComparison.Ordinal));
    }

    private static IEnumerable<Declaration> Read(string path)
    {
        string space = string.Empty;
        string type = string.Empty;
        string prefix = string.Empty;
        foreach (string line in File.ReadLines(path))
        {
            string text = line.Trim();
            if (line.StartsWith("namespace ", StringComparison.Ordinal))
            {
                space = line["namespace ".Length..];
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                yield return new(type, text);
            }
            else if (line.StartsWith("  [", StringComparison.Ordinal))
            {
                prefix += text + " ";
            }
            else if (TypeName().Match(text) is { Success: true } name)
            {
                type = $"{space}.{name.Groups["name"].Value}";
                yield return new(type, prefix + text);
                prefix = string.Empty;
            }
        }
    }

    private static List<string> ReadPatterns(string file) =>
        [.. File.ReadLines(Path.Combine(Folder, file)).Where(line => line.Length > 0 && line[0] != '#')];

    [GeneratedRegex(@"^public (static |abstract |sealed )?(record struct|record|class|interface|struct|enum|delegate \S+) (?<name>[\w.]+(<[^>]*>)?)")]
    private static partial Regex TypeName();
}
