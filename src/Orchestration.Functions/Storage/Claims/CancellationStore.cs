using System.Text.Json;
using Azure.Storage.Blobs;
using Orchestration.Functions.Orchestrators;
using Orchestration.Protocol;

namespace Orchestration.Functions.Storage.Claims;

/// <summary>
/// Marks jobs as cancelled, for the activities that work for them: a blob is seen from every machine, whatever the durable back end.
/// </summary>
public sealed class CancellationStore(StorageAccounts accounts)
{
    public async Task MarkAsync(string jobId, Cancellation cancellation, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        await blob.UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(cancellation, ProtocolJson.Options)), overwrite: true, cancellationToken);
    }

    public async Task<bool> IsMarkedAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, cancellationToken)).ExistsAsync(cancellationToken);

    /// <summary>Takes the mark away, for a job that is to run again.</summary>
    public async Task ClearAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private async Task<BlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"cancellations/{jobId}.json");
}
