namespace Orchestration.Profiles.Comparison;

/// <summary>How one guest differs from another. Plain data.</summary>
/// <param name="Baseline">Image of the one.</param>
/// <param name="Target">Image of the other.</param>
/// <param name="Identical">Nothing that was compared differs.</param>
/// <param name="Packages">Null where they were not compared.</param>
/// <param name="Configuration">By section and place; null where it was not compared.</param>
/// <param name="Files">By path; null where they were not compared.</param>
/// <param name="Findings">Checks that judge the two differently; null where they were not compared.</param>
/// <param name="Notes">What was not compared, and why.</param>
public sealed record GuestComparison(
    string Baseline,
    string Target,
    bool Identical,
    IReadOnlyList<Change>? Packages,
    IReadOnlyList<Change>? Configuration,
    IReadOnlyList<Change>? Files,
    IReadOnlyList<Change>? Findings,
    IReadOnlyList<string> Notes)
{
    /// <summary>Packages of languages, wherever they lie; null where they were not compared.</summary>
    public IReadOnlyList<Change>? LanguagePackages { get; init; }

    /// <summary>Sections of an inspection that no comparison looks at, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> NotCompared { get; init; } = ConfigurationReader.NotCompared;
}

/// <param name="Kind"><c>added</c>, <c>removed</c> or <c>changed</c>; of packages also <c>upgraded</c> and <c>downgraded</c>; of findings <c>fixed</c> and <c>broken</c>.</param>
/// <param name="What">The package, the setting's place, the path or the check.</param>
/// <param name="From">In the baseline; null where it is not there.</param>
/// <param name="To">In the target; null where it is not there.</param>
public sealed record Change(string Kind, string What, string? From, string? To);
