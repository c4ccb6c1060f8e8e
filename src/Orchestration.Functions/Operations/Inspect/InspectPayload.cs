using Orchestration.Functions.Operations.Guests;

namespace Orchestration.Functions.Operations.Inspect;

/// <summary>The data of <c>guestkit.inspect.v1</c>: specification section 2.2.</summary>
public sealed record InspectPayload
{
    public required ImageReference Image { get; init; }

    public InspectOptions Options { get; init; } = new();
}

/// <summary>What to look at, and how the profiles are evaluated. The defaults are the same whether the object is there or not.</summary>
public sealed record InspectOptions : ProfileChoices
{
    public bool IncludePackages { get; init; } = true;

    public bool IncludeServices { get; init; } = true;

    public bool IncludeUsers { get; init; } = true;

    public bool IncludeNetwork { get; init; } = true;

    public bool IncludeSecurity { get; init; } = true;

    public bool IncludeStorage { get; init; } = true;

    /// <summary>Databases that have data, in a section of their own.</summary>
    public bool IncludeDatabases { get; init; }

    /// <summary>Profiles to evaluate in the same job, on the same view of the image: an addition to the protocol.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];
}
