using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Users.Sudo;

/// <summary>Rules and defaults of sudoers(5): <c>/etc/sudoers</c> and what it includes; names with a dot or a trailing tilde are skipped there.</summary>
internal sealed class SudoersReader(FactReader reader)
{
    public const string Main = "/etc/sudoers";

    private const string AliasKeyword = "User_Alias";

    private const int MaximumRules = 20_000;

    private readonly List<SudoRule> _rules = [];
    private readonly List<SudoDefault> _defaults = [];
    private readonly SudoUserAliases _aliases = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Paths { get; } = [Main, "/etc/sudoers.d/*"];

    public static (IReadOnlyList<SudoRule> Rules, IReadOnlyList<SudoDefault> Defaults) Read(FactReader reader)
    {
        var sudoers = new SudoersReader(reader);
        sudoers.ReadFile(Main);

        // An alias may be defined after the rule that uses it.
        return ([.. sudoers._rules.Select(rule => rule with { Users = sudoers._aliases.Expand(rule.Users) })], sudoers._defaults);
    }

    private void ReadFile(string path)
    {
        // Each file counts once, which also ends files that include each other.
        if (!_seen.Add(path) || reader.Text(path) is not { } text)
        {
            return;
        }

        foreach (var (number, line) in TextLines.Joined(text))
        {
            if (_rules.Count + _defaults.Count >= MaximumRules)
            {
                reader.WarnUnreadable(path, $"expected at most {MaximumRules} rules and defaults of sudo, found more; the rest is not read");
                return;
            }

            if (Include(line) is var (kind, target))
            {
                foreach (var file in FindIncluded(kind, GuestPath.Combine(GuestPath.Parent(path), target)))
                {
                    ReadFile(file);
                }
            }
            else if (SudoersText.WithoutComment(line) is { Length: > 0 } content)
            {
                ReadLine(content, path, number);
            }
        }
    }

    private IEnumerable<string> FindIncluded(string kind, string path) => kind == "include"
        ? [path]
        : reader.List(path).Where(file => !file.Name.Contains('.', StringComparison.Ordinal) && !file.Name.EndsWith('~')).Select(file => file.Path);

    private void ReadLine(string line, string file, int number)
    {
        var text = new SudoersText(line);
        if (line.StartsWith("Defaults", StringComparison.Ordinal) && (line.Length == "Defaults".Length || !char.IsAsciiLetterOrDigit(line["Defaults".Length])))
        {
            _defaults.AddRange(SudoDefaults.Parse(line["Defaults".Length..], file, number));
        }
        else if (line.Split((char[]?)null, 2) is [AliasKeyword, var definitions])
        {
            _aliases.Add(definitions);
        }
        else if (text.ReadList() is { Count: > 0 } users && text.Rest is { Length: > 0 } rule && rule.Contains('=', StringComparison.Ordinal) && !users[0].EndsWith("_Alias", StringComparison.Ordinal))
        {
            _rules.Add(new SudoRule(string.Join(", ", users), rule, SudoersText.HasTag(rule, "NOPASSWD"), file, number) { Users = users });
        }
    }

    /// <summary>Both <c>#include</c>, which is no comment, and <c>@include</c>.</summary>
    private static (string Kind, string Target)? Include(string line) =>
        line[0] is '#' or '@' && line[1..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is ["include" or "includedir", _] words
            ? (words[0], words[1].Trim().Trim('"').Replace("\\ ", " ", StringComparison.Ordinal))
            : null;
}
