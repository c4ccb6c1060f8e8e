using Azure.Storage.Blobs;

namespace Orchestration.Functions.Storage.Blobs;

/// <summary>Removes blobs that belong together.</summary>
internal static class BlobRemoval
{
    /// <summary>Removes the blobs whose names begin so.</summary>
    public static async Task RemoveAllAsync(this BlobContainerClient container, string prefix, CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken))
        {
            await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        }
    }
}
