namespace Orchestration.Functions.Operations.Guests;

/// <summary>The image that a payload names.</summary>
public sealed record ImageReference
{
    /// <summary><c>container/name</c>, or an https URL in the image account.</summary>
    public required string Path { get; init; }

    /// <summary>What the submitter says it is; a content that contradicts it is an error. Null: no claim.</summary>
    public string? Format { get; init; }

    /// <summary><c>sha256:</c> and 64 hexadecimal digits of the stored image.</summary>
    public string? Checksum { get; init; }

    /// <summary>Size of the stored image.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Names of keys in the service's settings, to try in turn on encrypted volumes.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}
