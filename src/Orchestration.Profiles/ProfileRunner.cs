using Orchestration.Inspection;

namespace Orchestration.Profiles;

/// <summary>Asks a guest every question of a profile.</summary>
public static class ProfileRunner
{
    private const int MostWithBlocker = 49;

    /// <summary>
    /// Judges every check. The score is <c>100 × (1 − Σ weight(failed) ÷ Σ weight(passed or failed))</c>, rounded down, with weights
    /// critical 10, high 5, medium 2, low 1, info 0: what could not be assessed neither helps nor harms. Of a profile that judges
    /// readiness it is at most 49 where something blocks.
    /// </summary>
    /// <exception cref="DiskImages.DiskImageException">The storage failed, or the image changed; a guest's contents never throw.</exception>
    public static ProfileReport Run(Profile profile, Guest guest, ProfileOptions options)
    {
        guest.Prefetch();
        guest.Files.Prefetch(profile.Checks.SelectMany(check => check.Reads).Distinct(StringComparer.Ordinal));
        var notes = profile.Fits(guest.OperatingSystem)
            ? new List<string>()
            : [$"The benchmark is written for {profile.WrittenFor}; the guest is {guest.OperatingSystem.ProductName ?? guest.OperatingSystem.Distribution}."];
        var results = profile.Checks.Select(check => Judge(check, guest, options, notes)).ToList();
        var failed = results.Where(result => result.Verdict == Verdict.Fail).ToList();
        int Of(Verdict verdict) => results.Count(result => result.Verdict == verdict);
        return new ProfileReport(
            profile.Name,
            profile.JudgesReadiness && results.Exists(IsBlocker) ? Math.Min(Score(results) ?? MostWithBlocker, MostWithBlocker) : Score(results),
            failed.Count == 0 ? null : failed.Max(result => result.Severity),
            new ProfileSummary(
                failed.Count,
                Count(failed),
                Of(Verdict.Pass),
                failed.Count,
                Of(Verdict.NotAssessable),
                Of(Verdict.NotApplicable),
                Of(Verdict.Waived)),
            [.. results.Where(result => result.Verdict != Verdict.Fail || result.Severity >= options.SeverityThreshold)])
        {
            Notes = notes,
            Readiness = profile.JudgesReadiness ? JudgeReadiness(results) : null,
        };
    }

    private static bool IsBlocker(CheckResult result) => result is { Verdict: Verdict.Fail, Severity: Severity.Critical };

    private static Readiness JudgeReadiness(List<CheckResult> results)
    {
        List<string> Failed(params Severity[] severities) =>
            [.. results.Where(result => result.Verdict == Verdict.Fail && severities.Contains(result.Severity)).Select(result => result.Id)];
        var blockers = Failed(Severity.Critical);
        List<string> unknown = [.. results.Where(result => result is { Verdict: Verdict.NotAssessable, Severity: Severity.Critical }).Select(result => result.Id)];
        return new Readiness(blockers.Count == 0 && unknown.Count == 0, blockers, Failed(Severity.High, Severity.Medium), Failed(Severity.Low, Severity.Info), unknown);
    }

    private static CheckResult Judge(Check check, Guest guest, ProfileOptions options, List<string> notes)
    {
        var judgement = Waive(check, check.Judge(guest, options.Today), options, notes);
        return new CheckResult(
            check.Id,
            check.Title,
            judgement.Severity ?? check.Severity,
            judgement.Verdict,
            judgement.Reason,
            judgement.Evidence,
            [.. check.References.Select(reference => reference.ToString())],
            judgement.Verdict == Verdict.Fail && options.IncludeRemediation ? check.Remediation : null);
    }

    private static Judgement Waive(Check check, Judgement judgement, ProfileOptions options, List<string> notes)
    {
        if (judgement.Verdict != Verdict.Fail
            || options.Waivers.Where(waiver => waiver.Covers(check.Id, judgement, options.Image)).MaxBy(waiver => waiver.Expires) is not { } waiver)
        {
            return judgement;
        }

        if (waiver.Expires < options.Today)
        {
            notes.Add($"The waiver of {check.Id} expired on {waiver.Expires:yyyy-MM-dd}.");
            return judgement;
        }

        return judgement with { Verdict = Verdict.Waived, Reason = waiver.Describe() };
    }

    private static int? Score(List<CheckResult> results)
    {
        var assessed = results.Where(result => result.Verdict is Verdict.Pass or Verdict.Fail).Sum(result => Weight(result.Severity));
        var lost = results.Where(result => result.Verdict == Verdict.Fail).Sum(result => Weight(result.Severity));
        return assessed == 0 ? null : 100 * (assessed - lost) / assessed;
    }

    private static int Weight(Severity severity) => severity switch
    {
        Severity.Critical => 10,
        Severity.High => 5,
        Severity.Medium => 2,
        Severity.Low => 1,
        _ => 0,
    };

    private static SeverityCounts Count(List<CheckResult> failed)
    {
        int Of(Severity severity) => failed.Count(result => result.Severity == severity);
        return new SeverityCounts(Of(Severity.Critical), Of(Severity.High), Of(Severity.Medium), Of(Severity.Low), Of(Severity.Info));
    }
}
