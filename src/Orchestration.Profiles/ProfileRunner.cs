using Orchestration.Inspection;

namespace Orchestration.Profiles;

/// <summary>Asks a guest every question of a profile.</summary>
public static class ProfileRunner
{
    /// <summary>
    /// Judges every check. The score is <c>100 × (1 − Σ weight(failed) ÷ Σ weight(passed or failed))</c>, rounded down, with weights
    /// critical 10, high 5, medium 2, low 1, info 0: what could not be assessed neither helps nor harms.
    /// </summary>
    /// <exception cref="DiskImages.DiskImageException">The storage failed, or the image changed; a guest's contents never throw.</exception>
    public static ProfileReport Run(Profile profile, Guest guest, ProfileOptions options)
    {
        guest.Prefetch();
        var results = profile.Checks.Select(check => Judge(check, guest, options)).ToList();
        var failed = results.Where(result => result.Verdict == Verdict.Fail).ToList();
        return new ProfileReport(
            profile.Name,
            Score(results),
            failed.Count == 0 ? null : failed.Max(result => result.Severity),
            new ProfileSummary(
                failed.Count,
                Count(failed),
                results.Count(result => result.Verdict == Verdict.Pass),
                failed.Count,
                results.Count(result => result.Verdict == Verdict.NotAssessable),
                results.Count(result => result.Verdict == Verdict.NotApplicable)),
            [.. results.Where(result => result.Verdict != Verdict.Fail || result.Severity >= options.SeverityThreshold)]);
    }

    private static CheckResult Judge(Check check, Guest guest, ProfileOptions options)
    {
        var judgement = check.Judge(guest);
        return new CheckResult(
            check.Id,
            check.Title,
            judgement.Severity ?? check.Severity,
            judgement.Verdict,
            judgement.Reason,
            judgement.Evidence,
            check.References,
            judgement.Verdict == Verdict.Fail && options.IncludeRemediation ? check.Remediation : null);
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
