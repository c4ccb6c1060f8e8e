namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>Maven, POM Reference, "Version Order Specification": tokens between dots, hyphens and changes from digits to letters, what says nothing cut from the end of each run.</summary>
internal sealed class MavenVersionOrder : VersionOrder
{
    /// <summary>In rising order; the empty one is the release, and words that nobody knows follow all of them.</summary>
    private static readonly string[] Qualifiers = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

    protected override int Order(string left, string right)
    {
        var (leftTokens, rightTokens) = (Parse(left), Parse(right));
        for (var index = 0; index < Math.Max(leftTokens.Count, rightTokens.Count); index++)
        {
            var order = index >= leftTokens.Count ? -CompareWithNothing(rightTokens[index])
                : index >= rightTokens.Count ? CompareWithNothing(leftTokens[index])
                : Compare(leftTokens[index], rightTokens[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int Compare(Token left, Token right)
    {
        if (left.IsNumber && right.IsNumber && left.Separator == right.Separator)
        {
            return CompareNumbers(left.Text, right.Text);
        }

        if (!left.IsNumber && !right.IsNumber)
        {
            return CompareWords(left.Text, right.Text);
        }

        // A word, a number after a hyphen, a number after a dot.
        return Rank(left).CompareTo(Rank(right));

        static int Rank(Token token) => !token.IsNumber ? 0 : token.Separator == '-' ? 1 : 2;
    }

    private static int CompareWithNothing(Token token) => token.IsNumber ? CompareNumbers(token.Text, "0") : CompareWords(token.Text, "");

    private static int CompareWords(string left, string right)
    {
        var (leftRank, rightRank) = (Array.IndexOf(Qualifiers, left), Array.IndexOf(Qualifiers, right));
        return leftRank >= 0 && rightRank >= 0 ? leftRank.CompareTo(rightRank)
            : leftRank < 0 && rightRank < 0 ? string.CompareOrdinal(left, right)
            : leftRank < 0 ? 1 : -1;
    }

    private static List<Token> Parse(string version)
    {
        var tokens = new List<Token>();
        var separator = '.';
        var text = version.Trim().ToLowerInvariant();
        for (var start = 0; start <= text.Length;)
        {
            var end = start;
            while (end < text.Length && text[end] is not ('.' or '-' or '_') && char.IsAsciiDigit(text[end]) == char.IsAsciiDigit(text[start]))
            {
                end++;
            }

            var word = text[start..end];
            var isFollowedByNumber = end < text.Length && char.IsAsciiDigit(text[end]);
            tokens.Add(word.Length == 0 ? new Token(separator, "0", true) : IsNumber(word) ? new Token(separator, word, true) : new Token(separator, Canonical(word, isFollowedByNumber), false));
            var isChange = end < text.Length && text[end] is not ('.' or '-' or '_');
            separator = isChange || end >= text.Length || text[end] != '.' ? '-' : '.';
            start = isChange ? end : end + 1;
        }

        return Trim(tokens);
    }

    private static string Canonical(string word, bool isFollowedByNumber) => word switch
    {
        "a" when isFollowedByNumber => "alpha",
        "b" when isFollowedByNumber => "beta",
        "m" when isFollowedByNumber => "milestone",
        "cr" => "rc",
        "ga" or "final" or "release" => "",
        _ => word,
    };

    /// <summary>Zeros and words for "release" say nothing at the end, and before a hyphen.</summary>
    private static List<Token> Trim(List<Token> tokens)
    {
        var isEnd = true;
        for (var index = tokens.Count - 1; index > 0; index--)
        {
            isEnd = isEnd && tokens[index].IsNothing;
            if (isEnd)
            {
                tokens.RemoveAt(index);
            }

            isEnd = isEnd || (index < tokens.Count && tokens[index].Separator == '-');
        }

        return tokens;
    }

    private readonly record struct Token(char Separator, string Text, bool IsNumber)
    {
        public bool IsNothing => Text.Length == 0 || (IsNumber && Text.AsSpan().TrimStart('0').Length == 0);
    }
}
