using System.Text.RegularExpressions;

namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>The Python packaging specification "Version specifiers" (PEP 440): epoch, release, then what comes before or after it. What is no such version comes before all that are.</summary>
internal sealed partial class PythonVersionOrder : VersionOrder
{
    protected override int Order(string left, string right)
    {
        var (leftMatch, rightMatch) = (Version().Match(left.Trim()), Version().Match(right.Trim()));
        if (!leftMatch.Success || !rightMatch.Success)
        {
            return leftMatch.Success == rightMatch.Success ? string.CompareOrdinal(left, right) : leftMatch.Success ? 1 : -1;
        }

        return CompareNumbers(Number(leftMatch, "epoch"), Number(rightMatch, "epoch")) is not 0 and var byEpoch ? byEpoch
            : CompareReleases(leftMatch.Groups["release"].Value.Split('.'), rightMatch.Groups["release"].Value.Split('.')) is not 0 and var byRelease ? byRelease
            : Rank(leftMatch).CompareTo(Rank(rightMatch)) is not 0 and var byRank ? byRank
            : CompareNumbers(Number(leftMatch, "pre"), Number(rightMatch, "pre")) is not 0 and var byPre ? byPre
            : CompareOptional(leftMatch, rightMatch, "isPost", "post", absent: -1) is not 0 and var byPost ? byPost
            : CompareOptional(leftMatch, rightMatch, "isDev", "dev", absent: 1) is not 0 and var byDev ? byDev
            : CompareLocal(leftMatch.Groups["local"].Value, rightMatch.Groups["local"].Value);
    }

    private static int CompareReleases(string[] left, string[] right)
    {
        for (var index = 0; index < Math.Max(left.Length, right.Length); index++)
        {
            if (CompareNumbers(left.ElementAtOrDefault(index), right.ElementAtOrDefault(index)) is not 0 and var order)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>A development version of a release comes before its candidates, the release itself after them.</summary>
    private static int Rank(Match version) => version.Groups["kind"].Value.ToLowerInvariant() switch
    {
        "a" or "alpha" => 1,
        "b" or "beta" => 2,
        "c" or "rc" or "pre" or "preview" => 3,
        _ => version.Groups["isDev"].Success && !version.Groups["isPost"].Success ? 0 : 4,
    };

    private static int CompareOptional(Match left, Match right, string flag, string number, int absent) => (left.Groups[flag].Success, right.Groups[flag].Success) switch
    {
        (true, true) => CompareNumbers(Number(left, number), Number(right, number)),
        (false, false) => 0,
        (false, true) => absent,
        _ => -absent,
    };

    private static int CompareLocal(string left, string right)
    {
        var (leftParts, rightParts) = (Parts(left), Parts(right));
        for (var index = 0; index < Math.Min(leftParts.Length, rightParts.Length); index++)
        {
            var (leftIsNumber, rightIsNumber) = (IsNumber(leftParts[index]), IsNumber(rightParts[index]));
            var order = leftIsNumber && rightIsNumber ? CompareNumbers(leftParts[index], rightParts[index])
                : leftIsNumber != rightIsNumber ? (leftIsNumber ? 1 : -1)
                : string.Compare(leftParts[index], rightParts[index], StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }

        return leftParts.Length.CompareTo(rightParts.Length);

        static string[] Parts(string local) => local.Length == 0 ? [] : local.Split('.', '-', '_');
    }

    private static ReadOnlySpan<char> Number(Match version, string group) => version.Groups[group].ValueSpan;

    [GeneratedRegex(
        @"^v?(?:(?<epoch>[0-9]{1,20})!)?(?<release>[0-9]{1,64}(?:\.[0-9]{1,64}){0,32})(?:[-_.]?(?<kind>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre>[0-9]{0,32}))?(?:(?<isPost>-(?<post>[0-9]{1,32})|[-_.]?(?:post|rev|r)[-_.]?(?<post>[0-9]{0,32})))?(?<isDev>[-_.]?dev[-_.]?(?<dev>[0-9]{0,32}))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Version();
}
