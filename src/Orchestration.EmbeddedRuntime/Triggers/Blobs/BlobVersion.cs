using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>One version of a blob, found in a container.</summary>
/// <param name="Client">The blob, whatever its version.</param>
/// <param name="ETag">The version.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Tokens">What the trigger's pattern took from the name.</param>
internal sealed record BlobVersion(BlobClient Client, ETag ETag, long Length, IReadOnlyDictionary<string, string> Tokens)
{
    /// <summary>Holds for this version only.</summary>
    public BlobRequestConditions Conditions => new() { IfMatch = ETag };
}

/// <summary>What a blob function receives.</summary>
/// <param name="Version">The version of the blob.</param>
/// <param name="Content">What the trigger's <see cref="BlobTrigger.Content"/> asks for.</param>
internal sealed record BlobDelivery(BlobVersion Version, object? Content);
