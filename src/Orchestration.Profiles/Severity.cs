namespace Orchestration.Profiles;

/// <summary>How bad it is that a check fails, in rising order.</summary>
public enum Severity
{
    /// <summary>Worth knowing; costs no score.</summary>
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>What a check found.</summary>
public enum Verdict
{
    Pass,
    Fail,

    /// <summary>The disk cannot tell: the matter exists only in a running guest, or a needed file could not be read.</summary>
    NotAssessable,

    /// <summary>The guest has no such thing to check.</summary>
    NotApplicable,

    /// <summary>It fails, and somebody has accepted that until a day that has not come yet.</summary>
    Waived,
}
