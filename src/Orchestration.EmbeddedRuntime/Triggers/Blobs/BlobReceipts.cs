using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>
/// Remembers across restarts which version of each blob a function has been given: one small blob for each, whose metadata holds
/// the ETag and the outcome. Used by one listener at a time.
/// </summary>
internal sealed class BlobReceipts
{
    private const string ContainerName = "azure-webjobs-hosts";
    private readonly BlobContainerClient _container;
    private readonly string _watched;
    private readonly string _prefix;
    private readonly TimeProvider _time;

    /// <param name="service">The account that receipts are kept in.</param>
    /// <param name="application">Name of the app: two apps with functions of one name do not share receipts.</param>
    /// <param name="function">Name of the function.</param>
    /// <param name="watched">The container whose blobs the function is given.</param>
    /// <param name="time">Says when a receipt was written.</param>
    public BlobReceipts(BlobServiceClient service, string application, string function, BlobContainerClient watched, TimeProvider time)
    {
        _container = service.GetBlobContainerClient(ContainerName);
        _watched = watched.Name;
        _prefix = $"blobreceipts/{application}/{function}/{watched.AccountName}/{watched.Name}/";
        _time = time;
    }

    /// <summary>Reads every receipt: ETags by the key of <see cref="Key"/>.</summary>
    public async Task<Dictionary<string, string>> LoadAsync(CancellationToken cancellationToken)
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var receipts = new Dictionary<string, string>();
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, _prefix, cancellationToken))
        {
            if (blob.Metadata.TryGetValue("etag", out var etag))
            {
                receipts[blob.Name[_prefix.Length..]] = etag;
            }
        }

        return receipts;
    }

    /// <summary>Records that a version needs no further call.</summary>
    /// <param name="blobName">The blob.</param>
    /// <param name="etag">The version.</param>
    /// <param name="outcome"><c>completed</c> or <c>poisoned</c>.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task WriteAsync(string blobName, ETag etag, string outcome, CancellationToken cancellationToken)
    {
        // The content is for people; names of blobs do not fit into metadata, which is ASCII.
        var content = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
        {
            ["blob"] = $"{_watched}/{blobName}",
            ["etag"] = etag.ToString(),
            ["outcome"] = outcome,
            ["time"] = _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        });
        await _container.GetBlobClient(_prefix + Key(blobName)).UploadAsync(
            BinaryData.FromBytes(content),
            new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["etag"] = etag.ToString(), ["outcome"] = outcome } },
            cancellationToken);
    }

    /// <summary>Forgets a blob that is no longer there. A blob of the same name would have another ETag.</summary>
    /// <param name="key">Of the blob.</param>
    /// <param name="cancellationToken">Ends the deletion.</param>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
        => _container.GetBlobClient(_prefix + key).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>A blob's name in a fixed length: with the prefix it could be longer than names may be.</summary>
    public static string Key(string blobName) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(blobName)));
}
