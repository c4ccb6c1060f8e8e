namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>
/// Semantic Versioning 2.0.0, section 11, for npm, crates.io and Go (whose <c>v</c> at the start is passed over), and, with a fourth number and without
/// regard to case, for NuGet. What follows a plus is not compared.
/// </summary>
internal sealed class SemanticVersionOrder(bool ignoreCase) : VersionOrder
{
    protected override int Order(string left, string right)
    {
        var ((leftCore, leftPre), (rightCore, rightPre)) = (Split(left), Split(right));
        for (var index = 0; index < Math.Max(leftCore.Length, rightCore.Length); index++)
        {
            if (ComparePart(leftCore.ElementAtOrDefault(index) ?? "0", rightCore.ElementAtOrDefault(index) ?? "0") is not 0 and var order)
            {
                return order;
            }
        }

        if (leftPre.Length == 0 || rightPre.Length == 0)
        {
            // A release follows its candidates.
            return rightPre.Length.CompareTo(leftPre.Length) is var order and not 0 ? Math.Sign(order) : 0;
        }

        for (var index = 0; index < Math.Min(leftPre.Length, rightPre.Length); index++)
        {
            if (ComparePart(leftPre[index], rightPre[index]) is not 0 and var order)
            {
                return order;
            }
        }

        return leftPre.Length.CompareTo(rightPre.Length);
    }

    private static (string[] Core, string[] PreRelease) Split(string version)
    {
        var text = version.AsSpan().Trim().TrimStart("vV=").ToString().Split('+', 2)[0].Split('-', 2);
        return (text[0].Split('.'), text.Length > 1 ? text[1].Split('.') : []);
    }

    /// <summary>Numbers come before words.</summary>
    private int ComparePart(string left, string right)
    {
        var (leftIsNumber, rightIsNumber) = (IsNumber(left), IsNumber(right));
        return leftIsNumber && rightIsNumber ? CompareNumbers(left, right)
            : leftIsNumber != rightIsNumber ? (leftIsNumber ? -1 : 1)
            : string.Compare(left, right, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}
