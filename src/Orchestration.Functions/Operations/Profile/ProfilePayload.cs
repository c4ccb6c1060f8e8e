using Orchestration.Functions.Operations.Guests;

namespace Orchestration.Functions.Operations.Profile;

/// <summary>The data of <c>guestkit.profile.v1</c>: specification section 2.3.</summary>
public sealed record ProfilePayload
{
    public required ImageReference Image { get; init; }

    /// <summary>Names of profiles; one named twice is evaluated once.</summary>
    public required IReadOnlyList<string> Profiles { get; init; }

    public ProfileChoices Options { get; init; } = new();
}
