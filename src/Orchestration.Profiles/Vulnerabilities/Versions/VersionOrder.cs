namespace Orchestration.Profiles.Vulnerabilities.Versions;

/// <summary>How a packaging system orders versions. Total on every text: what is no version of it has a place too. Thread-safe.</summary>
public abstract class VersionOrder : IComparer<string>
{
    public static VersionOrder Debian { get; } = new DebianVersionOrder();

    public static VersionOrder Rpm { get; } = new RpmVersionOrder();

    public static VersionOrder Alpine { get; } = new AlpineVersionOrder();

    /// <summary>npm, crates.io and Go.</summary>
    public static VersionOrder Semantic { get; } = new SemanticVersionOrder(ignoreCase: false);

    public static VersionOrder NuGet { get; } = new SemanticVersionOrder(ignoreCase: true);

    public static VersionOrder Python { get; } = new PythonVersionOrder();

    public static VersionOrder Maven { get; } = new MavenVersionOrder();

    public static VersionOrder Ruby { get; } = new RubyVersionOrder();

    public static VersionOrder Composer { get; } = new ComposerVersionOrder();

    /// <summary>Negative where <paramref name="x"/> is older, zero where they are equal, positive where it is newer.</summary>
    public int Compare(string? x, string? y) => Order(x ?? "", y ?? "");

    protected abstract int Order(string left, string right);

    /// <summary>Compares runs of digits of any length as numbers.</summary>
    protected static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }

    protected static bool IsNumber(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The characters at the start for which a condition holds.</summary>
    protected static ReadOnlySpan<char> TakeWhile(ReadOnlySpan<char> text, Func<char, bool> condition)
    {
        var length = 0;
        while (length < text.Length && condition(text[length]))
        {
            length++;
        }

        return text[..length];
    }

    /// <summary>Splits <c>epoch:rest</c>; without a colon, or with letters before it, the epoch is zero.</summary>
    protected static (string Epoch, string Version) SplitEpoch(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && version.AsSpan(0, colon).IndexOfAnyExceptInRange('0', '9') < 0 ? (version[..colon], version[(colon + 1)..]) : ("0", version);
    }
}
