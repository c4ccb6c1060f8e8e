using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>A document that was dropped as a blob.</summary>
/// <param name="Content">Its bytes; one more than is allowed at most where it is too large, so that it is refused for its size.</param>
/// <param name="ETag">The version that was read.</param>
/// <param name="Source">Names the blob and this version.</param>
public sealed record DroppedDocument(ReadOnlyMemory<byte> Content, ETag ETag, string Source)
{
    /// <summary>Reads a blob; null where it is gone.</summary>
    public static async Task<DroppedDocument?> ReadAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            var version = properties.Value.ETag;
            byte[] content = [];
            if (properties.Value.ContentLength > 0)
            {
                var download = await blob.DownloadContentAsync(
                    new BlobDownloadOptions
                    {
                        Range = new HttpRange(0, JobDocumentReader.MaximumBytes + 1),
                        Conditions = new BlobRequestConditions { IfMatch = version },
                    },
                    cancellationToken);
                content = download.Value.Content.ToArray();
            }

            return new DroppedDocument(content, version, $"{blob.BlobContainerName}/{blob.Name}@{version}");
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            // Gone, or replaced: the new version has a delivery of its own.
            return null;
        }
    }
}
