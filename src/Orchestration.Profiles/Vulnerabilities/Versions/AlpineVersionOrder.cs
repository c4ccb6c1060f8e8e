using System.Text.RegularExpressions;

namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>apk-package(5): numbers with dots, a letter, suffixes such as <c>_rc1</c>, and the build <c>-r3</c>. A commit's hash is not compared.</summary>
internal sealed partial class AlpineVersionOrder : VersionOrder
{
    /// <summary>In rising order; those before the empty one come before the release, those after it follow.</summary>
    private static readonly string[] Suffixes = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];

    protected override int Order(string left, string right)
    {
        var (leftMatch, rightMatch) = (Version().Match(left), Version().Match(right));
        if (!leftMatch.Success || !rightMatch.Success)
        {
            return leftMatch.Success == rightMatch.Success ? string.CompareOrdinal(left, right) : leftMatch.Success ? 1 : -1;
        }

        return CompareNumbers(leftMatch.Groups["numbers"].Value.Split('.'), rightMatch.Groups["numbers"].Value.Split('.')) is not 0 and var byNumbers ? byNumbers
            : string.CompareOrdinal(leftMatch.Groups["letter"].Value, rightMatch.Groups["letter"].Value) is not 0 and var byLetter ? byLetter
            : CompareSuffixes(leftMatch.Groups["suffix"].Captures, rightMatch.Groups["suffix"].Captures) is not 0 and var bySuffix ? bySuffix
            : CompareNumbers(leftMatch.Groups["build"].ValueSpan, rightMatch.Groups["build"].ValueSpan);
    }

    /// <summary>After the first, numbers with a leading zero compare as the digits of a fraction do.</summary>
    private static int CompareNumbers(string[] left, string[] right)
    {
        for (var index = 0; index < Math.Min(left.Length, right.Length); index++)
        {
            var order = index > 0 && (left[index].StartsWith('0') || right[index].StartsWith('0'))
                ? string.CompareOrdinal(left[index], right[index])
                : CompareNumbers(left[index].AsSpan(), right[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int CompareSuffixes(CaptureCollection left, CaptureCollection right)
    {
        for (var index = 0; index < Math.Max(left.Count, right.Count); index++)
        {
            var (leftRank, leftNumber) = Rank(left, index);
            var (rightRank, rightNumber) = Rank(right, index);
            var order = leftRank != rightRank ? leftRank.CompareTo(rightRank) : CompareNumbers(leftNumber.AsSpan(), rightNumber);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static (int Rank, string Number) Rank(CaptureCollection suffixes, int index)
    {
        var suffix = index < suffixes.Count ? suffixes[index].Value : "";
        var name = suffix.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return (Array.IndexOf(Suffixes, name), suffix[name.Length..]);
    }

    [GeneratedRegex(@"^(?<numbers>[0-9]{1,64}(?:\.[0-9]{1,64}){0,32})(?<letter>[a-z]?)(?:_(?<suffix>(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]{0,64})){0,8}(?:~[0-9a-f]{1,64})?(?:-r(?<build>[0-9]{1,32}))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
