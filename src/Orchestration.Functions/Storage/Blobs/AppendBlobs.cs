using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Orchestration.Functions.Storage.Blobs;

/// <summary>Append blobs that begin with their first block.</summary>
public static class AppendBlobs
{
    // The container, then the blob, may be found missing.
    private const int MostAttempts = 3;

    /// <summary>Appends a block. The blob is made where there is none yet, and so is a container that somebody deleted.</summary>
    /// <param name="blob">Where to.</param>
    /// <param name="block">All of it is appended, at most 4 MiB.</param>
    /// <param name="conditions">What must hold; null for nothing.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RequestFailedException">It was not appended, for the storage's or the conditions' sake.</exception>
    public static async Task AppendAsync(
        this AppendBlobClient blob, MemoryStream block, AppendBlobRequestConditions? conditions, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            block.Position = 0;
            try
            {
                await blob.AppendBlockAsync(block, new AppendBlobAppendBlockOptions { Conditions = conditions }, cancellationToken);
                return;
            }
            catch (RequestFailedException exception) when (exception.Status == 404 && attempt < MostAttempts)
            {
                if (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
                {
                    await blob.GetParentBlobContainerClient().CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                }

                await blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            }
        }
    }
}
