using System.Text;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Users;

/// <summary>User rules of sudoers(5): <c>/etc/sudoers</c> and what it includes; names with a dot or a trailing tilde are skipped there.</summary>
internal static class SudoersReader
{
    public const string Main = "/etc/sudoers";

    public static IReadOnlyList<string> Paths { get; } = [Main, "/etc/sudoers.d/*"];

    public static IReadOnlyList<SudoRule> Read(FactReader reader)
    {
        var rules = new List<SudoRule>();
        ReadFile(reader, Main, rules, []);
        return rules;
    }

    private static void ReadFile(FactReader reader, string path, List<SudoRule> rules, HashSet<string> seen)
    {
        // Each file counts once, which also ends files that include each other.
        if (!seen.Add(path) || reader.Text(path) is not { } text)
        {
            return;
        }

        foreach (var (number, line) in Joined(text))
        {
            if (Include(line) is var (kind, target))
            {
                var directory = GuestPath.Combine(GuestPath.Parent(path), target);
                var files = kind == "includedir"
                    ? reader.List(directory).Where(file => !file.Name.Contains('.', StringComparison.Ordinal) && !file.Name.EndsWith('~')).Select(file => file.Path)
                    : [directory];
                foreach (var file in files)
                {
                    ReadFile(reader, file, rules, seen);
                }
            }
            else if (!line.StartsWith('#') && ParseRule(line, path, number) is { } rule)
            {
                rules.Add(rule);
            }
        }
    }

    /// <summary>Lines joined at a trailing backslash.</summary>
    private static IEnumerable<TextLine> Joined(string text)
    {
        var pending = new StringBuilder();
        var first = 0;
        foreach (var (number, line) in TextLines.Of(text))
        {
            first = pending.Length == 0 ? number : first;
            if (line.EndsWith('\\'))
            {
                pending.Append(line.AsSpan()[..^1]);
                continue;
            }

            if (pending.Append(line).ToString().Trim() is { Length: > 0 } joined)
            {
                yield return new TextLine(first, joined);
            }

            pending.Clear();
        }
    }

    /// <summary>Both <c>#include</c>, which is no comment, and <c>@include</c>.</summary>
    private static (string Kind, string Target)? Include(string line) =>
        line[0] is '#' or '@' && line[1..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is ["include" or "includedir", _] words
            ? (words[0], words[1].Trim().Trim('"'))
            : null;

    private static SudoRule? ParseRule(string line, string file, int number)
    {
        line = TextLines.WithoutTrailingComment(line);
        var words = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var isRule = words.Length == 2
            && words[1].Contains('=', StringComparison.Ordinal)
            && !words[0].StartsWith("Defaults", StringComparison.Ordinal)
            && !words[0].EndsWith("_Alias", StringComparison.Ordinal);
        return isRule ? new SudoRule(words[0], words[1].Trim(), words[1].Contains("NOPASSWD:", StringComparison.Ordinal), file, number) : null;
    }
}
