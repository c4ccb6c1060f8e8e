using Orchestration.Functions.Operations.Guests;
using Orchestration.Profiles;

namespace Orchestration.Functions.Operations.Inspect;

/// <summary>The data of <c>guestkit.inspect.v1</c>: specification section 2.2.</summary>
public sealed record InspectPayload
{
    public required ImageReference Image { get; init; }

    public InspectOptions Options { get; init; } = new();

    /// <summary>What hyper2kvm documents say beyond the image.</summary>
    public InspectParameters Parameters { get; init; } = new();
}

/// <summary>The member <c>parameters</c> of <c>hyper2kvm.inspect.v1</c>: specification section 2.8.</summary>
public sealed record InspectParameters
{
    /// <summary>A risk of this severity or a worse one fails the job; its outputs are complete all the same. Null: none does.</summary>
    public Severity? FailOn { get; init; }
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
