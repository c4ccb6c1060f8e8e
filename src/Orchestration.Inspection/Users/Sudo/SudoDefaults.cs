using System.Text.RegularExpressions;

namespace Orchestration.Inspection.Users.Sudo;

/// <summary>The entries <c>Defaults</c> of sudoers(5).</summary>
internal static partial class SudoDefaults
{
    /// <param name="text">What follows the keyword.</param>
    /// <param name="file">Where it stands.</param>
    /// <param name="line">Counted from one.</param>
    public static IEnumerable<SudoDefault> Parse(string text, string file, int line)
    {
        string? scope = null;
        if (text is [':' or '@' or '>' or '!' and not ' ', ..])
        {
            var list = new SudoersText(text[1..]);
            scope = text[0] + string.Join(", ", list.ReadList());
            text = list.Rest;
        }

        return Parameter().Matches(text).Select(match => new SudoDefault(
            scope,
            match.Groups["name"].Value,
            match.Groups["value"].Success ? match.Groups["value"].Value.Trim('"') : null,
            match.Groups["off"].Length % 2 == 1,
            file,
            line));
    }

    [GeneratedRegex("""\G\s*(?<off>!*)\s*(?<name>[a-z_][a-z0-9_]*)(?:\s*[+-]?=\s*(?<value>"(?:[^"\\]|\\.)*"|[^,\s]*))?\s*(?:,|\z)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
