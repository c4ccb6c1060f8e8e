using System.Text.Json;
using Azure.Storage.Blobs;
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

/// <param name="InputHash">Hash of what the step worked from; a checkpoint of another input does not count.</param>
/// <param name="Metrics">What the step cost.</param>
/// <param name="Output">What the step found.</param>
public sealed record Checkpoint(string InputHash, StepMetrics Metrics, JsonElement Output);

/// <param name="Seconds">Time that the step took.</param>
/// <param name="DiskReadBytes">Bytes fetched from the image; null for steps that read none.</param>
/// <param name="Requests">Requests sent to fetch them.</param>
/// <param name="Waves">Round trips that had to wait for an earlier one.</param>
/// <param name="ImageSizeBytes">Size of the stored image.</param>
public sealed record StepMetrics(double Seconds, long? DiskReadBytes = null, long? Requests = null, long? Waves = null, long? ImageSizeBytes = null);
