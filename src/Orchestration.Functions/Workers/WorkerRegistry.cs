using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol.Workers;

namespace Orchestration.Functions.Workers;

/// <summary>The workers that share the storage account, each with its last sign of life.</summary>
public sealed class WorkerRegistry(StorageAccounts accounts, ThisWorker self, IOptions<WorkerOptions> options, TimeProvider time)
{
    private const string Prefix = "workers/";
    private const int MostWorkers = 1000;

    // A worker that misses two signs of life is on its way out; one that was not heard of for a day is not coming back.
    private const int HeartbeatsMissed = 3;
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>Gives a sign of life.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await container.GetBlobClient(NameOf(self.Id)).TryWriteJsonAsync(self.Describe(), new BlobRequestConditions(), cancellationToken);
    }

    /// <summary>All workers heard of within a day, this one as it is now.</summary>
    public async Task<IReadOnlyList<WorkerDocument>> ListAsync(CancellationToken cancellationToken)
    {
        var workers = new List<WorkerDocument> { self.Describe() };
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await foreach (var blob in container.GetBlobsAsync(prefix: Prefix, cancellationToken: cancellationToken))
        {
            if (blob.Name == NameOf(self.Id) || workers.Count >= MostWorkers)
            {
                continue;
            }

            if (time.GetUtcNow() - blob.Properties.LastModified > Memory)
            {
                await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
            }
            else if (await container.GetBlobClient(blob.Name).ReadJsonAsync<WorkerDocument>(cancellationToken) is { } worker)
            {
                workers.Add(IsAlive(worker) ? worker : worker with { Status = worker.Status with { State = "offline" } });
            }
        }

        return workers;
    }

    private static string NameOf(string workerId) =>
        $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workerId)))[..32]}.json";

    private bool IsAlive(WorkerDocument worker) =>
        time.GetUtcNow() - worker.Status.LastHeartbeat < TimeSpan.FromSeconds(options.Value.HeartbeatSeconds * HeartbeatsMissed);
}
