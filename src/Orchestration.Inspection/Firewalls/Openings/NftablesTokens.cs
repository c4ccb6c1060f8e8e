namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>A word, a brace or the end of a statement.</summary>
/// <param name="Text">A word without quotes; <c>{</c>, <c>}</c>, <c>=</c> and <c>,</c>; <c>;</c> for the end of a statement or line.</param>
/// <param name="Line">Counted from one.</param>
internal readonly record struct NftablesToken(string Text, int Line);

/// <summary>Splits an nftables script, nft(8) "Lexical conventions": words between blanks, comments to the end of the line, a backslash before it that joins lines.</summary>
internal static class NftablesTokens
{
    private const string Marks = "{},;=";

    public static IEnumerable<NftablesToken> Split(string text)
    {
        var line = 1;
        for (var position = 0; position < text.Length;)
        {
            var letter = text[position];
            if (letter == '\n')
            {
                yield return new NftablesToken(";", line++);
                position++;
            }
            else if (letter == '\\' && position + 1 < text.Length && text[position + 1] == '\n')
            {
                line++;
                position += 2;
            }
            else if (char.IsWhiteSpace(letter))
            {
                position++;
            }
            else if (letter == '#')
            {
                var end = text.IndexOf('\n', position);
                position = end < 0 ? text.Length : end;
            }
            else if (letter == '"')
            {
                var end = text.IndexOf('"', position + 1);
                end = end < 0 ? text.Length : end;
                yield return new NftablesToken(text[(position + 1)..end], line);
                line += text.AsSpan(position, end - position).Count('\n');
                position = end + 1;
            }
            else if (Marks.Contains(letter, StringComparison.Ordinal) || (letter == '!' && position + 1 < text.Length && text[position + 1] == '='))
            {
                var length = letter == '!' ? 2 : 1;
                yield return new NftablesToken(text.Substring(position, length), line);
                position += length;
            }
            else
            {
                var end = position;
                while (end < text.Length && !char.IsWhiteSpace(text[end]) && !Marks.Contains(text[end], StringComparison.Ordinal) && text[end] is not ('"' or '#'))
                {
                    end++;
                }

                yield return new NftablesToken(text[position..end], line);
                position = end;
            }
        }
    }
}
