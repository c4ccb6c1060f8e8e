using System.Text.RegularExpressions;
using Orchestration.Inspection.Languages;
using Orchestration.Profiles.Vulnerabilities.Database;
using Orchestration.Profiles.Vulnerabilities.Versions;

namespace Orchestration.Profiles.Vulnerabilities;

/// <summary>
/// Compares packages of languages with advisories of their ecosystems. What the distribution brought is left out: it has the distribution's patches under an old number.
/// </summary>
public static partial class LanguageMatcher
{
    private const int MaximumFindings = 20_000;

    /// <summary>The ecosystems that advisories are needed of, each with the names that they may have.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> NamesOf(LanguagePackageFacts languages) =>
        Comparable(languages).GroupBy(package => package.Ecosystem, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            IReadOnlySet<string> (group) => group.Select(package => Ecosystems.NormalizeName(group.Key, package.Name)).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>A report with what is known of packages of languages added to it.</summary>
    /// <param name="report">Of the guest's own packages.</param>
    /// <param name="languages">What was found in the guest.</param>
    /// <param name="databases">The advisories that are there, by ecosystem.</param>
    public static VulnerabilityReport Add(VulnerabilityReport report, LanguagePackageFacts languages, IReadOnlyDictionary<string, AdvisoryDatabase> databases)
    {
        var notes = report.Notes.ToList();
        var assessments = new List<LanguageAssessment>();
        var found = new List<Vulnerability>();
        foreach (var group in Comparable(languages).GroupBy(package => package.Ecosystem, StringComparer.Ordinal))
        {
            var database = databases.GetValueOrDefault(group.Key);
            assessments.Add(new LanguageAssessment(group.Key, database is not null, database?.Header.Newest, group.Count()));
            if (database is not null && Ecosystems.FindOrder(group.Key) is { } order)
            {
                found.AddRange(Find(group.Key, group, database, order));
            }
            else
            {
                notes.Add($"No advisories for {group.Key} are there: {group.Count()} packages could not be compared. Import them with 'orchestrate advisories import'.");
            }
        }

        if (languages.Found.Count(package => package.Owner is not null) is > 0 and var owned)
        {
            notes.Add($"{owned} packages of languages came with packages of the distribution: its own advisories are about them.");
        }

        if (!languages.Complete)
        {
            notes.Add("Not all files were searched for packages of languages: there may be more.");
        }

        if (found.Count > MaximumFindings)
        {
            notes.Add($"{found.Count - MaximumFindings} findings in packages of languages more are not listed.");
        }

        IReadOnlyList<Vulnerability> all = [.. Vulnerability.Sort(report.Findings.Concat(Vulnerability.Sort(found).Take(MaximumFindings)))];
        return report with { Findings = all, BySeverity = Vulnerability.Count([.. report.Findings, .. found]), Languages = assessments, Notes = notes };
    }

    private static IEnumerable<LanguagePackage> Comparable(LanguagePackageFacts languages) => languages.Found.Where(package => package.Owner is null);

    private static IEnumerable<Vulnerability> Find(string ecosystem, IEnumerable<LanguagePackage> packages, AdvisoryDatabase database, VersionOrder order) =>
        from package in packages
        let version = ecosystem == "Go" ? CompleteGo(package.Version) : package.Version
        from advisory in database.Find(Ecosystems.NormalizeName(ecosystem, package.Name))
        where AdvisoryRanges.IsAffected(advisory, version, order)
        group package by (advisory, version) into match
        select new Vulnerability(
            match.Key.advisory.Id,
            match.Key.advisory.Names,
            match.Key.advisory.Severity,
            match.Key.advisory.Score,
            match.Key.advisory.Package,
            [.. match.Select(package => $"{package.Name} {package.Version}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            match.First().Version,
            AdvisoryRanges.FindFix(match.Key.advisory, match.Key.version, order),
            match.Key.advisory.Summary,
            Certain: match.Any(package => !package.Locked))
        {
            Ecosystem = ecosystem,
            Paths = [.. match.Select(package => package.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };

    /// <summary>The compiler's own versions are not semantic: <c>1.22rc1</c> is <c>1.22.0-rc.1</c>.</summary>
    private static string CompleteGo(string version) =>
        GoCandidate().Match(version) is { Success: true } match ? $"{match.Groups["release"].Value}.0-{match.Groups["kind"].Value}.{match.Groups["number"].Value}" : version;

    [GeneratedRegex(@"^(?<release>[0-9]+\.[0-9]+)(?<kind>rc|beta)(?<number>[0-9]+)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex GoCandidate();
}
