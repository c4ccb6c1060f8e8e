using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Protocol;

namespace Orchestration.Functions.Storage.Blobs;

/// <summary>Blobs that hold one document in the protocol's JSON.</summary>
public static class JsonBlobs
{
    /// <summary>The document; null where there is no such blob.</summary>
    public static async Task<T?> ReadJsonAsync<T>(this BlobClient blob, CancellationToken cancellationToken)
        where T : class => (await blob.ReadVersionedJsonAsync<T>(cancellationToken))?.Content;

    /// <summary>The document and its version; null where there is no such blob.</summary>
    public static async Task<VersionedJson<T>?> ReadVersionedJsonAsync<T>(this BlobClient blob, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var content = await blob.DownloadContentAsync(cancellationToken);
            return content.Value.Content.ToObjectFromJson<T>(ProtocolJson.Options) is { } document
                ? new VersionedJson<T>(document, content.Value.Details.ETag)
                : null;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Writes a document where a condition holds. A container that somebody deleted is made again.</summary>
    /// <returns>False where it does not: the blob is there and should not be, is another version, or is gone.</returns>
    /// <exception cref="RequestFailedException">It was not written for another reason.</exception>
    public static async Task<bool> TryWriteJsonAsync<T>(
        this BlobClient blob, T document, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var content = BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(document, ProtocolJson.Options));
        var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } };
        try
        {
            try
            {
                await blob.UploadAsync(content, options, cancellationToken);
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await blob.GetParentBlobContainerClient().CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                await blob.UploadAsync(content, options, cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException exception) when (IsUnmet(exception))
        {
            return false;
        }
    }

    /// <summary>Other failures have the same statuses: a blob that is leased, a container that is being deleted.</summary>
    private static bool IsUnmet(RequestFailedException exception) =>
        exception.ErrorCode == BlobErrorCode.BlobAlreadyExists
        || exception.ErrorCode == BlobErrorCode.ConditionNotMet
        || exception.ErrorCode == BlobErrorCode.BlobNotFound;
}

/// <param name="Content">The document.</param>
/// <param name="Version">Its version, for changes on condition that nobody else changed it.</param>
public sealed record VersionedJson<T>(T Content, ETag Version);
