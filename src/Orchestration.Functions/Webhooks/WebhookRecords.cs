using System.Text.Json;
using Azure.Storage.Blobs;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Webhooks;

/// <summary>How the deliveries of jobs stand: a blob each, <c>webhooks/{job_id}/{number}.json</c> in the container <c>state</c>.</summary>
public sealed class WebhookRecords(StorageAccounts accounts)
{
    /// <summary>How a delivery stands; null where it was not begun.</summary>
    public async Task<WebhookDelivery?> ReadAsync(string jobId, int number, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, number, cancellationToken)).ReadJsonAsync<WebhookDelivery>(cancellationToken);

    /// <summary>How those of a job stand that were begun.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ReadAllAsync(string jobId, int count, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, count).Select(number => ReadAsync(jobId, number, cancellationToken)));
        return [.. found.OfType<WebhookDelivery>()];
    }

    public async Task WriteAsync(string jobId, int number, WebhookDelivery delivery, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, number, cancellationToken)).UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(delivery, ProtocolJson.Options)), overwrite: true, cancellationToken);

    /// <summary>Removes those of a job; deliveries under way end with it.</summary>
    public async Task RemoveAllAsync(string jobId, int count, CancellationToken cancellationToken)
    {
        for (var number = 0; number < count; number++)
        {
            await (await GetBlobAsync(jobId, number, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    private async Task<BlobClient> GetBlobAsync(string jobId, int number, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"webhooks/{jobId}/{number}.json");
}
