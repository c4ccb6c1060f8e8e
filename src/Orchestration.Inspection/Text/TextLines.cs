using System.Text;

namespace Orchestration.Inspection.Text;

/// <summary>A line of a file.</summary>
/// <param name="Number">Counted from one.</param>
/// <param name="Text">Without its end.</param>
internal readonly record struct TextLine(int Number, string Text)
{
    /// <summary>The words between blanks.</summary>
    public string[] Words => Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The line-oriented half of every Unix configuration format.</summary>
internal static class TextLines
{
    /// <summary>Every line as it is written.</summary>
    public static IEnumerable<TextLine> Of(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            yield return new TextLine(++number, line.TrimEnd('\r'));
        }
    }

    /// <summary>Lines joined at a trailing backslash and trimmed, each with the number of its first one; empty ones are left out.</summary>
    public static IEnumerable<TextLine> Joined(string text)
    {
        var pending = new StringBuilder();
        var first = 0;
        foreach (var (number, line) in Of(text))
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

    /// <summary>Lines that say something, trimmed: not empty and not a comment.</summary>
    /// <param name="text">The file.</param>
    /// <param name="commentMarks">Characters that begin a comment at the start of a line.</param>
    public static IEnumerable<TextLine> Significant(string text, string commentMarks = "#") =>
        from line in Of(text)
        let trimmed = line.Text.Trim()
        where trimmed.Length > 0 && !commentMarks.Contains(trimmed[0], StringComparison.Ordinal)
        select line with { Text = trimmed };

    /// <summary>Cuts a comment that begins with <c>#</c> after a blank.</summary>
    public static string WithoutTrailingComment(string text)
    {
        for (var position = text.IndexOf('#', StringComparison.Ordinal); position >= 0; position = text.IndexOf('#', position + 1))
        {
            if (position == 0 || char.IsWhiteSpace(text[position - 1]))
            {
                return text[..position].TrimEnd();
            }
        }

        return text;
    }

    /// <summary>Text for people to read: control characters, which can drive a terminal, become U+FFFD.</summary>
    public static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)) : text;
}
