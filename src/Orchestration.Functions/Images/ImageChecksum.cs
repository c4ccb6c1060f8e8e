using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Operations;
using Orchestration.Protocol;

namespace Orchestration.Functions.Images;

/// <summary>Verifies an image against the checksum in its job's document.</summary>
internal static class ImageChecksum
{
    private const int BufferSize = 4 * 1024 * 1024;

    /// <param name="blob">The stored image.</param>
    /// <param name="checksum"><c>sha256:</c> and hexadecimal digits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JobException">It is not there, or not the image that the document describes.</exception>
    public static async Task<ImageCost> VerifyAsync(BlobClient blob, string checksum, CancellationToken cancellationToken)
    {
        try
        {
            // Opening for reading pins the ETag, so that the digest is of one version.
            await using var stream = await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = BufferSize }, cancellationToken);
            var digest = await SHA256.HashDataAsync(stream, cancellationToken);
            var found = $"sha256:{Convert.ToHexStringLower(digest)}";
            if (!string.Equals(found, checksum, StringComparison.OrdinalIgnoreCase))
            {
                throw new JobException(ErrorCodes.ImageChecksumMismatch, $"Expected {checksum}, found {found}.");
            }

            var requests = (stream.Length + BufferSize - 1) / BufferSize;
            return new ImageCost(stream.Length, requests, requests, stream.Length);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw new JobException(ErrorCodes.ImageNotFound, $"Expected an image at {blob.BlobContainerName}/{blob.Name}, found none.", exception);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            throw new JobException(
                ErrorCodes.ImageChanged, $"The image {blob.BlobContainerName}/{blob.Name} was changed during the job.", exception);
        }
    }
}
