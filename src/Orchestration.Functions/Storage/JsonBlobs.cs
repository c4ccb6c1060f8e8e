using Azure;
using Azure.Storage.Blobs;
using Orchestration.Protocol;

namespace Orchestration.Functions.Storage;

/// <summary>Blobs that hold one document in the protocol's JSON.</summary>
internal static class JsonBlobs
{
    /// <summary>The document; null where there is no such blob.</summary>
    public static async Task<T?> ReadJsonAsync<T>(this BlobClient blob, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var content = await blob.DownloadContentAsync(cancellationToken);
            return content.Value.Content.ToObjectFromJson<T>(ProtocolJson.Options);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }
}
