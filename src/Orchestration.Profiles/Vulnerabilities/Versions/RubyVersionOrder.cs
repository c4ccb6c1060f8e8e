using System.Text.RegularExpressions;

namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>RubyGems, <c>Gem::Version#&lt;=&gt;</c>: numbers and words, of which a word comes before a number; zeros at the end of the numbers, and of the whole, say nothing.</summary>
internal sealed partial class RubyVersionOrder : VersionOrder
{
    protected override int Order(string left, string right)
    {
        var (leftParts, rightParts) = (Parse(left), Parse(right));
        for (var index = 0; index < Math.Max(leftParts.Count, rightParts.Count); index++)
        {
            var (leftPart, rightPart) = (leftParts.ElementAtOrDefault(index) ?? "0", rightParts.ElementAtOrDefault(index) ?? "0");
            var (leftIsNumber, rightIsNumber) = (IsNumber(leftPart), IsNumber(rightPart));
            var order = leftIsNumber && rightIsNumber ? CompareNumbers(leftPart, rightPart)
                : leftIsNumber != rightIsNumber ? (leftIsNumber ? 1 : -1)
                : string.CompareOrdinal(leftPart, rightPart);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static List<string> Parse(string version)
    {
        var parts = Part().Matches(version.Replace("-", ".pre.", StringComparison.Ordinal)).Select(part => part.Value).ToList();
        var firstWord = parts.FindIndex(part => !IsNumber(part));
        var numbers = firstWord < 0 ? parts : parts[..firstWord];
        return [.. WithoutZeros(numbers), .. firstWord < 0 ? [] : WithoutZeros(parts[firstWord..])];
    }

    private static List<string> WithoutZeros(List<string> parts) => parts[..(parts.FindLastIndex(part => part.AsSpan().TrimStart('0').Length > 0) + 1)];

    [GeneratedRegex("[0-9]+|[a-zA-Z]+")]
    private static partial Regex Part();
}
