using Orchestration.Inspection.Files;

namespace Orchestration.Profiles;

/// <summary>What a verdict rests on.</summary>
/// <param name="File">The guest file; null where it is about no file.</param>
/// <param name="Line">Counted from one; null where the file as a whole, or its inode, is meant.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be.</param>
public sealed record Evidence(string? File, int? Line, string Found, string Expected);

/// <summary>A check's answer for one guest.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="Reason">Why there is no pass or fail; null where there is.</param>
/// <param name="Evidence">What it rests on.</param>
/// <param name="Severity">Replaces the check's severity for this guest; null leaves it.</param>
public sealed record Judgement(Verdict Verdict, string? Reason, IReadOnlyList<Evidence> Evidence, Severity? Severity = null)
{
    public static Judgement Pass(params IReadOnlyList<Evidence> evidence) => new(Verdict.Pass, null, evidence);

    public static Judgement Fail(params IReadOnlyList<Evidence> evidence) => new(Verdict.Fail, null, evidence);

    public static Judgement NotAssessable(string reason) => new(Verdict.NotAssessable, reason, []);

    public static Judgement NotApplicable(string reason) => new(Verdict.NotApplicable, reason, []);

    public static Judgement PassWhen(bool holds, params IReadOnlyList<Evidence> evidence) => holds ? Pass(evidence) : Fail(evidence);

    /// <summary>Passes where there is nothing to object to.</summary>
    /// <param name="objections">Evidence of what is wrong.</param>
    /// <param name="otherwise">Evidence of what was looked at, for a pass.</param>
    public static Judgement PassUnless(IReadOnlyList<Evidence> objections, params IReadOnlyList<Evidence> otherwise) =>
        objections.Count > 0 ? Fail(objections) : Pass(otherwise);

    /// <summary>Owner, group and permissions of a file, for evidence.</summary>
    internal static string DescribeAccess(GuestFile file) => $"mode {file.Mode}, owner {file.UserId}:{file.GroupId}";
}
