using Orchestration.Inspection.Languages;
using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Packages;
using Orchestration.Profiles.Vulnerabilities;

namespace Orchestration.Profiles.Reports;

/// <summary>Everything that was found out about one image: what every format of report is written from. Plain data.</summary>
/// <param name="Id">Names this report among all others: the job's id.</param>
/// <param name="Image">The image, as the job named it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="ToolVersion">Version of this program.</param>
/// <param name="System">What the guest is; null where the job did not ask.</param>
/// <param name="Packages">What is installed; null where the job did not ask.</param>
/// <param name="Profiles">In the order in which they were asked for.</param>
/// <param name="Vulnerabilities">Null where they were not asked for.</param>
public sealed record GuestReport(
    string Id,
    string Image,
    DateTimeOffset Created,
    string ToolVersion,
    OperatingSystemFacts? System,
    IReadOnlyList<Package>? Packages,
    IReadOnlyList<ProfileReport> Profiles,
    VulnerabilityReport? Vulnerabilities)
{
    /// <summary>Packages of languages; null where the job did not ask to search for them.</summary>
    public IReadOnlyList<LanguagePackage>? Languages { get; init; }

    public const string ToolName = "Orchestration";

    /// <summary>The guest in a few words.</summary>
    public string Guest => System is null ? Image : $"{System.ProductName ?? System.Distribution} {System.Architecture}".Trim();

    /// <summary>Every check once, whichever profiles asked it, worst failures first.</summary>
    internal IReadOnlyList<CheckResult> Results =>
    [
        .. Profiles.SelectMany(profile => profile.Results).DistinctBy(result => result.Id)
            .OrderBy(result => result.Verdict == Verdict.Fail ? 0 : 1).ThenByDescending(result => result.Severity).ThenBy(result => result.Id, StringComparer.Ordinal),
    ];
}

/// <summary>A report in one format.</summary>
/// <param name="FileName"><c>report.html</c>, <c>report.sarif</c>, …</param>
/// <param name="MediaType">For whoever serves it.</param>
/// <param name="Text">The report.</param>
public sealed record WrittenReport(string FileName, string MediaType, string Text);
