using System.Text;
using System.Text.RegularExpressions;

namespace Orchestration.Inspection.Users.Sudo;

/// <summary>A line of sudoers(5) read from its start: lists between commas, whose items may be quoted or escaped.</summary>
internal sealed partial class SudoersText(string line)
{
    private int _position;

    /// <summary>What has not been read, without blanks around it.</summary>
    public string Rest => line[_position..].Trim();

    /// <summary>The items up to the first that no comma follows; a negated one begins with <c>!</c>.</summary>
    public IReadOnlyList<string> ReadList()
    {
        var items = new List<string>();
        do
        {
            SkipBlanks();
            if (ReadItem() is not { Length: > 0 } item)
            {
                break;
            }

            items.Add(item);
            SkipBlanks();
        }
        while (_position < line.Length && line[_position] == ',' && ++_position <= line.Length);

        return items;
    }

    /// <summary>A comment begins with <c>#</c>, unless digits follow, which make it the number of a user or group.</summary>
    public static string WithoutComment(string line)
    {
        var isQuoted = false;
        for (var position = 0; position < line.Length; position++)
        {
            switch (line[position])
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case '\\':
                    position++;
                    break;
                case '#' when !isQuoted && !(position + 1 < line.Length && char.IsAsciiDigit(line[position + 1])):
                    return line[..position].TrimEnd();
            }
        }

        return line;
    }

    /// <summary>Whether some command of a rule has a tag, which blanks may part from its colon.</summary>
    public static bool HasTag(string rule, string tag) => Tag().Matches(rule).Any(match => match.Groups["name"].Value == tag);

    private string ReadItem()
    {
        var isNegated = false;
        while (_position < line.Length && line[_position] is '!' or ' ' or '\t')
        {
            isNegated ^= line[_position++] == '!';
        }

        var item = new StringBuilder(isNegated ? "!" : "");
        var isQuoted = false;
        for (; _position < line.Length; _position++)
        {
            var letter = line[_position];
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter == '\\' && !isQuoted && _position + 1 < line.Length)
            {
                item.Append(line[++_position]);
            }
            else if (!isQuoted && (char.IsWhiteSpace(letter) || letter is ',' or '='))
            {
                break;
            }
            else
            {
                item.Append(letter);
            }
        }

        return item.Length > (isNegated ? 1 : 0) ? item.ToString() : "";
    }

    private void SkipBlanks()
    {
        while (_position < line.Length && char.IsWhiteSpace(line[_position]))
        {
            _position++;
        }
    }

    [GeneratedRegex(@"(?<![\w/.-])(?<name>[A-Z]{4,})\s*:")]
    private static partial Regex Tag();
}
