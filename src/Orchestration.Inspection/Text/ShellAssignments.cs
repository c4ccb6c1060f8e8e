namespace Orchestration.Inspection.Text;

/// <summary>A value and where it was set.</summary>
/// <param name="Value">Without quotes.</param>
/// <param name="Line">Counted from one.</param>
internal sealed record Assignment(string Value, int Line);

/// <summary>
/// Files of shell variable assignments that are read by programs too: os-release(5), <c>/etc/default/*</c>, <c>ufw.conf</c>.
/// No expansion is done; the last assignment of a name wins.
/// </summary>
internal static class ShellAssignments
{
    public static IReadOnlyDictionary<string, Assignment> Parse(string text)
    {
        var assignments = new Dictionary<string, Assignment>(StringComparer.Ordinal);
        foreach (var (number, line) in TextLines.Significant(text))
        {
            var start = line.StartsWith("export ", StringComparison.Ordinal) ? "export ".Length : 0;
            var separator = line.IndexOf('=', StringComparison.Ordinal);
            if (separator > start)
            {
                assignments[line[start..separator].Trim()] = new Assignment(Unquote(line[(separator + 1)..].Trim()), number);
            }
        }

        return assignments;
    }

    /// <summary>Removes one pair of quotes, and inside double quotes the backslash before <c>"</c>, <c>$</c>, <c>`</c> and itself.</summary>
    public static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] == '\'' && value.IndexOf('\'', 1) is > 0 and var single)
        {
            return value[1..single];
        }

        if (value.Length < 2 || value[0] != '"')
        {
            return TextLines.WithoutTrailingComment(value);
        }

        var text = new System.Text.StringBuilder(value.Length);
        for (var position = 1; position < value.Length && value[position] != '"'; position++)
        {
            if (value[position] == '\\' && position + 1 < value.Length && value[position + 1] is '"' or '$' or '`' or '\\')
            {
                position++;
            }

            text.Append(value[position]);
        }

        return text.ToString();
    }
}
