using System.Text.RegularExpressions;

namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>Composer's <c>VersionParser::normalize</c>: up to four numbers, then how stable it is. A branch (<c>dev-main</c>) comes before every version.</summary>
internal sealed partial class ComposerVersionOrder : VersionOrder
{
    /// <summary>In rising order.</summary>
    private static readonly string[] Stabilities = ["dev", "alpha", "beta", "rc", "", "patch"];

    protected override int Order(string left, string right)
    {
        var (leftMatch, rightMatch) = (Version().Match(left.Trim()), Version().Match(right.Trim()));
        if (!leftMatch.Success || !rightMatch.Success)
        {
            return leftMatch.Success == rightMatch.Success ? string.CompareOrdinal(left, right) : leftMatch.Success ? 1 : -1;
        }

        return CompareLists(leftMatch.Groups["numbers"].Value, rightMatch.Groups["numbers"].Value) is not 0 and var byNumbers ? byNumbers
            : Rank(leftMatch).CompareTo(Rank(rightMatch)) is not 0 and var byRank ? byRank
            : CompareLists(leftMatch.Groups["count"].Value, rightMatch.Groups["count"].Value) is not 0 and var byCount ? byCount
            : rightMatch.Groups["dev"].Length.CompareTo(leftMatch.Groups["dev"].Length);
    }

    private static int CompareLists(string left, string right)
    {
        var (leftParts, rightParts) = (left.Split('.', '-'), right.Split('.', '-'));
        for (var index = 0; index < Math.Max(leftParts.Length, rightParts.Length); index++)
        {
            if (CompareNumbers(leftParts.ElementAtOrDefault(index), rightParts.ElementAtOrDefault(index)) is not 0 and var order)
            {
                return order;
            }
        }

        return 0;
    }

    private static int Rank(Match version) => Array.IndexOf(Stabilities, version.Groups["stability"].Value.ToLowerInvariant() switch
    {
        "a" or "alpha" => "alpha",
        "b" or "beta" => "beta",
        "rc" or "c" => "rc",
        "p" or "pl" or "patch" => "patch",
        _ => version.Groups["dev"].Success ? "dev" : "",
    });

    [GeneratedRegex(
        @"^v?(?<numbers>[0-9]{1,32}(?:\.[0-9]{1,32}){0,3})(?:[._-]?(?<stability>stable|beta|b|rc|c|alpha|a|patch|pl|p)(?<count>(?:[.-]?[0-9]{1,16}){0,8}))?(?<dev>[.-]?dev)?(?:\+.*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Version();
}
