using System.Text.Json;
using Azure.Storage.Blobs;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;

namespace Orchestration.Functions.Storage;

/// <summary>The outputs of steps, by job, attempt and step.</summary>
public sealed class CheckpointStore(StorageAccounts accounts)
{
    /// <summary>The checkpoint of a step; null where it has none.</summary>
    public async Task<Checkpoint?> FindAsync(string jobId, int attempt, string step, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, attempt, step, cancellationToken);
        return await blob.ReadJsonAsync<Checkpoint>(cancellationToken);
    }

    public async Task WriteAsync(string jobId, int attempt, string step, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, attempt, step, cancellationToken);
        await blob.UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(checkpoint, ProtocolJson.Options)), overwrite: true, cancellationToken);
    }

    /// <summary>Removes the checkpoints of a job.</summary>
    public async Task RemoveJobAsync(string jobId, CancellationToken cancellationToken) =>
        await (await accounts.GetContainerAsync(Containers.Checkpoints, cancellationToken)).RemoveAllAsync($"{jobId}/", cancellationToken);

    /// <summary>Removes the checkpoints that were written before a moment.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> RemoveOlderThanAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var removed = 0;
        var container = await accounts.GetContainerAsync(Containers.Checkpoints, cancellationToken);
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            if (blob.Properties.LastModified < moment)
            {
                await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
                removed++;
            }
        }

        return removed;
    }

    private async Task<BlobClient> GetBlobAsync(string jobId, int attempt, string step, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.Checkpoints, cancellationToken)).GetBlobClient($"{jobId}/{attempt}/{step}.json");
}
