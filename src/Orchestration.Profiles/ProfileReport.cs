namespace Orchestration.Profiles;

/// <param name="SeverityThreshold">Failed checks below it are counted and not listed.</param>
/// <param name="IncludeRemediation">Say what to do about each failed check.</param>
public sealed record ProfileOptions(Severity SeverityThreshold = Severity.Info, bool IncludeRemediation = true)
{
    /// <summary>The day for which is judged.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Failures that were accepted for some time.</summary>
    public IReadOnlyList<Waiver> Waivers { get; init; } = [];

    /// <summary>The image's name, for waivers that hold for some images only.</summary>
    public string? Image { get; init; }
}

/// <summary>A profile's answers for one guest. Plain data.</summary>
/// <param name="Profile">Its name.</param>
/// <param name="Score">0 to 100, see <see cref="ProfileRunner.Run"/>; null where nothing could be assessed.</param>
/// <param name="OverallRisk">The worst severity among failed checks; null where none failed.</param>
/// <param name="Summary">Counts over all checks, listed or not.</param>
/// <param name="Results">Every check with its verdict, but failed ones below the threshold.</param>
public sealed record ProfileReport(
    string Profile,
    int? Score,
    Severity? OverallRisk,
    ProfileSummary Summary,
    IReadOnlyList<CheckResult> Results)
{
    /// <summary>What a reader should know before the verdicts: the benchmark is of another system, a waiver has expired.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the guest can be moved; null for profiles that do not ask that.</summary>
    public Readiness? Readiness { get; init; }
}

/// <summary>What stands between a guest and its target, as ids of failed checks.</summary>
/// <param name="Ready">Nothing blocks, and enough was seen to say so.</param>
/// <param name="Blockers">Critical: it would not start there.</param>
/// <param name="Risks">High and medium: it starts, and something may not work.</param>
/// <param name="Advice">Low and info.</param>
/// <param name="Unknown">Checks of severity critical that could not be assessed.</param>
public sealed record Readiness(
    bool Ready,
    IReadOnlyList<string> Blockers,
    IReadOnlyList<string> Risks,
    IReadOnlyList<string> Advice,
    IReadOnlyList<string> Unknown);

/// <param name="TotalFindings">Failed checks.</param>
/// <param name="BySeverity">Failed checks by severity.</param>
/// <param name="Passed">Checks that passed.</param>
/// <param name="Failed">The same as <paramref name="TotalFindings"/>, beside the other verdicts.</param>
/// <param name="NotAssessable">Checks that the disk cannot answer.</param>
/// <param name="NotApplicable">Checks without an object in this guest.</param>
/// <param name="Waived">Checks that fail and whose failure was accepted; they count neither as failed nor as passed.</param>
public sealed record ProfileSummary(
    int TotalFindings,
    SeverityCounts BySeverity,
    int Passed,
    int Failed,
    int NotAssessable,
    int NotApplicable,
    int Waived = 0);

public sealed record SeverityCounts(int Critical, int High, int Medium, int Low, int Info);

/// <param name="Id">The check.</param>
/// <param name="Title">What should hold.</param>
/// <param name="Severity">For this guest.</param>
/// <param name="Verdict">Whether it holds.</param>
/// <param name="Reason">Why there is no pass or fail; null where there is.</param>
/// <param name="Evidence">What the verdict rests on.</param>
/// <param name="References">Sections of published benchmarks.</param>
/// <param name="Remediation">What to do; null unless failed and asked for.</param>
public sealed record CheckResult(
    string Id,
    string Title,
    Severity Severity,
    Verdict Verdict,
    string? Reason,
    IReadOnlyList<Evidence> Evidence,
    IReadOnlyList<string> References,
    string? Remediation);
