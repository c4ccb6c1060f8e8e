namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>deb-version(7): epoch, upstream version, and the revision after the last hyphen.</summary>
internal sealed class DebianVersionOrder : VersionOrder
{
    protected override int Order(string left, string right)
    {
        var (leftEpoch, leftRest) = SplitEpoch(left.Trim());
        var (rightEpoch, rightRest) = SplitEpoch(right.Trim());
        if (CompareNumbers(leftEpoch, rightEpoch) is not 0 and var byEpoch)
        {
            return byEpoch;
        }

        var (leftUpstream, leftRevision) = SplitRevision(leftRest);
        var (rightUpstream, rightRevision) = SplitRevision(rightRest);
        return ComparePart(leftUpstream, rightUpstream) is not 0 and var byUpstream ? byUpstream : ComparePart(leftRevision, rightRevision);
    }

    private static (string Upstream, string Revision) SplitRevision(string version)
    {
        var hyphen = version.LastIndexOf('-');
        return hyphen < 0 ? (version, "") : (version[..hyphen], version[(hyphen + 1)..]);
    }

    /// <summary>Runs of other characters and of digits by turns.</summary>
    private static int ComparePart(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (left.Length > 0 || right.Length > 0)
        {
            var leftText = TakeWhile(left, character => !char.IsAsciiDigit(character));
            var rightText = TakeWhile(right, character => !char.IsAsciiDigit(character));
            if (CompareText(leftText, rightText) is not 0 and var byText)
            {
                return byText;
            }

            left = left[leftText.Length..];
            right = right[rightText.Length..];
            var leftNumber = TakeWhile(left, char.IsAsciiDigit);
            var rightNumber = TakeWhile(right, char.IsAsciiDigit);
            if (CompareNumbers(leftNumber, rightNumber) is not 0 and var byNumber)
            {
                return byNumber;
            }

            left = left[leftNumber.Length..];
            right = right[rightNumber.Length..];
        }

        return 0;
    }

    private static int CompareText(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        for (var position = 0; position < Math.Max(left.Length, right.Length); position++)
        {
            var order = Weight(left, position).CompareTo(Weight(right, position));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>A tilde sorts before the end, the end before letters, and letters before everything else.</summary>
    private static int Weight(ReadOnlySpan<char> text, int position) => position >= text.Length
        ? 0
        : text[position] switch { '~' => -1, var letter when char.IsAsciiLetter(letter) => letter, var other => other + 256 };
}
