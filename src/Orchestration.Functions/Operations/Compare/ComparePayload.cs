using Orchestration.Functions.Operations.Guests;

namespace Orchestration.Functions.Operations.Compare;

/// <summary>The data of <c>guestkit.compare.v1</c>: specification section 2.6.</summary>
public sealed record ComparePayload
{
    /// <summary>What is compared with: the guest as it should be.</summary>
    public required ComparedGuest Baseline { get; init; }

    /// <summary>What is compared: the guest as it is.</summary>
    public required ComparedGuest Target { get; init; }

    public CompareOptions Options { get; init; } = new();
}

/// <summary>An image, or what an earlier job found in one: an addition to the protocol.</summary>
public sealed record ComparedGuest
{
    /// <summary>The image; null where a job is named.</summary>
    public string? Path { get; init; }

    /// <summary>A finished job of inspection or comparison, whose result is the stored baseline; null where an image is named.</summary>
    public string? JobId { get; init; }

    public string? Format { get; init; }

    public long? SizeBytes { get; init; }

    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The image as other operations take it.</summary>
    internal ImageReference Image => new()
    {
        Path = Path ?? throw new InvalidOperationException("The document names a job, not an image."),
        Format = Format,
        SizeBytes = SizeBytes,
        Keys = Keys,
    };
}

public sealed record CompareOptions
{
    public bool ComparePackages { get; init; } = true;

    public bool CompareConfig { get; init; } = true;

    /// <summary>Digests of the files below <see cref="Files"/>.</summary>
    public bool CompareFiles { get; init; }

    /// <summary>Where files are compared: an addition to the protocol.</summary>
    public IReadOnlyList<string> Files { get; init; } = ["/etc"];

    public bool IgnoreTimestamps { get; init; } = true;

    /// <summary>Look for packages of languages, and compare them too: an addition to the protocol.</summary>
    public bool DeepScan { get; init; }

    /// <summary>Profiles whose verdicts are compared: an addition to the protocol.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];
}
