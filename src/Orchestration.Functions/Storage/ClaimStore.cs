using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Caching.Memory;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Storage;

/// <summary>
/// Claims of job ids. A claim is a blob that is created only if it does not exist, so that of several submitters of one id exactly one
/// wins, on either runtime and across machines. It holds the document, so that a job can always be shown and started again.
/// </summary>
public sealed class ClaimStore(StorageAccounts accounts) : IDisposable
{
    private const int MostCachedClaims = 4096;
    private const int MostCachedCharacters = 16 * 1024;

    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly MemoryCache _started = new(new MemoryCacheOptions { SizeLimit = MostCachedClaims });

    /// <summary>Claims a job id for a document.</summary>
    /// <returns>Null where the claim is ours now; else the claim that was there first.</returns>
    public async Task<JobClaim?> TryClaimAsync(JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        while (!await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken))
        {
            // Gone again where its submitter withdrew in the meantime.
            if (await blob.ReadJsonAsync<JobClaim>(cancellationToken) is { } earlier)
            {
                return earlier;
            }
        }

        Keep(claim);
        return null;
    }

    /// <summary>Puts a claim in the place of one whose submitter is gone.</summary>
    /// <returns>False where somebody else has done so.</returns>
    public async Task<bool> TryReplaceAsync(JobClaim earlier, JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        return await blob.ReadVersionedJsonAsync<JobClaim>(cancellationToken) is { } current
            && (current.Content.ClaimedBy, current.Content.SubmittedAt) == (earlier.ClaimedBy, earlier.SubmittedAt)
            && await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfMatch = current.Version }, cancellationToken);
    }

    /// <summary>Takes back a claim of ours whose job is not going to be started.</summary>
    public async Task ReleaseAsync(string jobId, CancellationToken cancellationToken)
    {
        _started.Remove(jobId);
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>The claim of a job id; null where nobody has claimed it.</summary>
    public async Task<JobClaim?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        return await blob.ReadJsonAsync<JobClaim>(cancellationToken);
    }

    /// <summary>The claim of a job that was started. It does not change any more, and every step begins with it, so it is kept in memory.</summary>
    public async Task<JobClaim?> ReadStartedAsync(string jobId, CancellationToken cancellationToken)
    {
        if (_started.TryGetValue(jobId, out JobClaim? known))
        {
            return known;
        }

        var claim = await ReadAsync(jobId, cancellationToken);
        if (claim is not null)
        {
            Keep(claim);
        }

        return claim;
    }

    public void Dispose() => _started.Dispose();

    private void Keep(JobClaim claim)
    {
        if (claim.Document.Payload.Data.GetRawText().Length <= MostCachedCharacters)
        {
            _started.Set(claim.Document.JobId, claim, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = CacheTime });
        }
    }

    private async Task<BlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"claims/{jobId}.json");
}

/// <param name="Document">The job.</param>
/// <param name="SubmittedAt">When it was claimed.</param>
/// <param name="Source">
/// The blob and version that carried the document, where it was dropped: a trigger that is delivered again is told from a second submission
/// by it. Null for documents that came over HTTP.
/// </param>
/// <param name="ClaimedBy">The process that claimed it and is to start it.</param>
public sealed record JobClaim(JobDocument Document, DateTimeOffset SubmittedAt, string? Source, string? ClaimedBy = null);
