namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>rpm-version(7): epoch, version and release, each by segments. A release that one of the two lacks is not compared.</summary>
internal sealed class RpmVersionOrder : VersionOrder
{
    protected override int Order(string left, string right)
    {
        var (leftEpoch, leftRest) = SplitEpoch(left);
        var (rightEpoch, rightRest) = SplitEpoch(right);
        if (CompareNumbers(leftEpoch, rightEpoch) is not 0 and var byEpoch)
        {
            return byEpoch;
        }

        var (leftVersion, leftRelease) = SplitRelease(leftRest);
        var (rightVersion, rightRelease) = SplitRelease(rightRest);
        return CompareSegments(leftVersion, rightVersion) is not 0 and var byVersion ? byVersion
            : leftRelease is null || rightRelease is null ? 0
            : CompareSegments(leftRelease, rightRelease);
    }

    private static (string Version, string? Release) SplitRelease(string version)
    {
        var hyphen = version.LastIndexOf('-');
        return hyphen < 0 ? (version, null) : (version[..hyphen], version[(hyphen + 1)..]);
    }

    internal static int CompareSegments(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (true)
        {
            left = SkipSeparators(left);
            right = SkipSeparators(right);

            // A tilde is older than anything, even the end; a caret is newer than the end and older than anything else.
            if (left is ['~', ..] || right is ['~', ..])
            {
                if (left is not ['~', ..] || right is not ['~', ..])
                {
                    return left is ['~', ..] ? -1 : 1;
                }

                left = left[1..];
                right = right[1..];
                continue;
            }

            if (left is ['^', ..] || right is ['^', ..])
            {
                if (left.IsEmpty || right.IsEmpty)
                {
                    return left.IsEmpty ? -1 : 1;
                }

                if (left[0] != '^' || right[0] != '^')
                {
                    return left[0] == '^' ? -1 : 1;
                }

                left = left[1..];
                right = right[1..];
                continue;
            }

            if (left.IsEmpty || right.IsEmpty)
            {
                return left.Length.CompareTo(right.Length);
            }

            var isNumber = char.IsAsciiDigit(left[0]);
            Func<char, bool> belongs = isNumber ? char.IsAsciiDigit : char.IsAsciiLetter;
            var leftPart = TakeWhile(left, belongs);
            var rightPart = TakeWhile(right, belongs);
            if (rightPart.IsEmpty)
            {
                // A number is newer than letters.
                return isNumber ? 1 : -1;
            }

            var order = isNumber ? CompareNumbers(leftPart, rightPart) : leftPart.SequenceCompareTo(rightPart);
            if (order != 0)
            {
                return order;
            }

            left = left[leftPart.Length..];
            right = right[rightPart.Length..];
        }
    }

    private static ReadOnlySpan<char> SkipSeparators(ReadOnlySpan<char> text) =>
        text[TakeWhile(text, character => !char.IsAsciiLetterOrDigit(character) && character is not ('~' or '^')).Length..];
}
