using Orchestration.Functions.Operations.Guests;
using Orchestration.Profiles;

namespace Orchestration.Functions.Operations.Profile;

/// <summary>The data of <c>guestkit.profile.v1</c>: specification section 2.3.</summary>
public sealed record ProfilePayload
{
    public required ImageReference Image { get; init; }

    /// <summary>Names of profiles; one named twice is evaluated once.</summary>
    public required IReadOnlyList<string> Profiles { get; init; }

    public ProfilePayloadOptions Options { get; init; } = new();
}

public sealed record ProfilePayloadOptions
{
    /// <summary>Failed checks below it are counted but not listed.</summary>
    public Severity SeverityThreshold { get; init; } = Severity.Info;

    /// <summary>A failed check of severity critical fails the job; its reports are complete all the same.</summary>
    public bool FailOnCritical { get; init; }

    public bool IncludeRemediation { get; init; } = true;
}
