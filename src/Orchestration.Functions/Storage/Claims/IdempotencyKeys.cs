using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Storage.Claims;

/// <summary>
/// Which job an idempotency key stands for: specification section 1.6. A key is scoped to its namespace and operation, and stands for one
/// payload. Each is a blob that only one can create, so that it holds over machines and restarts.
/// </summary>
public sealed class IdempotencyKeys(StorageAccounts accounts, IOptions<IntakeOptions> options, TimeProvider time)
{
    private const string Prefix = "idempotency/";

    private TimeSpan Retention => TimeSpan.FromHours(options.Value.IdempotencyRetentionHours);

    /// <summary>Claims a key for a job.</summary>
    /// <returns>Null where it stands for this job now; else what it stands for.</returns>
    public async Task<KeyHolder?> TryClaimAsync(JobDocument document, string key, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(document, key, cancellationToken);
        var claim = new KeyClaim(document.JobId, Hash(document), time.GetUtcNow(), document.Metadata?.Namespace, document.Operation, key);
        while (!await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken))
        {
            if (await blob.ReadVersionedJsonAsync<KeyClaim>(cancellationToken) is not { } current)
            {
                continue;
            }

            // A key that stands for this job already is claimed anew all the same: somebody who takes the job for abandoned may be about to
            // take the key from it, on condition that it was not touched.
            var ours = current.Content.JobId == document.JobId && current.Content.PayloadHash == claim.PayloadHash;
            var expired = time.GetUtcNow() - current.Content.ClaimedAt > Retention;
            if (!ours && !expired)
            {
                return new KeyHolder(blob, current.Content, current.Version, current.Content.PayloadHash == claim.PayloadHash);
            }

            if (await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfMatch = current.Version }, cancellationToken))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Lets a key stand for another job of the same payload.</summary>
    /// <returns>False where somebody else has changed it in the meantime.</returns>
    public async Task<bool> TryTakeOverAsync(KeyHolder holder, string jobId, CancellationToken cancellationToken) =>
        await holder.Blob.TryWriteJsonAsync(
            holder.Claim with { JobId = jobId, ClaimedAt = time.GetUtcNow() },
            new BlobRequestConditions { IfMatch = holder.Version },
            cancellationToken);

    /// <summary>Removes the keys whose time is over.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await foreach (var blob in container.GetBlobsAsync(prefix: Prefix, cancellationToken: cancellationToken))
        {
            if (blob.Properties.LastModified < time.GetUtcNow() - Retention)
            {
                // On condition, because it may have been claimed anew since it was listed.
                var conditions = new BlobRequestConditions { IfMatch = blob.Properties.ETag };
                try
                {
                    await container.DeleteBlobIfExistsAsync(blob.Name, DeleteSnapshotsOption.None, conditions, cancellationToken);
                    removed++;
                }
                catch (RequestFailedException exception) when (exception.Status == 412)
                {
                }
            }
        }

        return removed;
    }

    /// <summary>Of the payload's meaning, not its spelling.</summary>
    private static string Hash(JobDocument document) => CanonicalJson.Hash(document.Payload.Type, document.Payload.Data);

    /// <summary>The scope is hashed because any text may be a key, and not every text may be a blob's name.</summary>
    private async Task<BlobClient> GetBlobAsync(JobDocument document, string key, CancellationToken cancellationToken)
    {
        var scope = $"{document.Metadata?.Namespace}\0{document.Operation}\0{key}";
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope)));
        return (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"{Prefix}{name}.json");
    }
}

/// <param name="JobId">The job that it stands for.</param>
/// <param name="PayloadHash">Of that job's payload.</param>
/// <param name="ClaimedAt">When.</param>
/// <param name="Namespace">Of the job; null for none.</param>
/// <param name="Operation">Of the job.</param>
/// <param name="Key">As submitted.</param>
public sealed record KeyClaim(string JobId, string PayloadHash, DateTimeOffset ClaimedAt, string? Namespace, string Operation, string Key);

/// <param name="Blob">Where the claim lies.</param>
/// <param name="Claim">What it says.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsOfSamePayload">Whether the job that it stands for has the payload that was asked about.</param>
public sealed record KeyHolder(BlobClient Blob, KeyClaim Claim, ETag Version, bool IsOfSamePayload);
