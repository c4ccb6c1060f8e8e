using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Caching.Memory;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Storage;

/// <summary>
/// Claims of job ids. A claim is a blob that is created only if it does not exist, so that of several submitters of one id exactly one
/// wins, on either runtime and across machines. It holds the document, so that a job can always be shown and started again.
/// </summary>
public sealed class ClaimStore(StorageAccounts accounts) : IDisposable
{
    private const int MostCachedBytes = 16 * 1024 * 1024;

    private const int ClaimOverheadBytes = 2048;

    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    // A claim never changes, and every step of a job begins with it.
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MostCachedBytes });

    /// <summary>Claims a job id for a document.</summary>
    /// <returns>Null where the claim is ours now; else the claim that was there first.</returns>
    public async Task<JobClaim?> TryClaimAsync(JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        var content = JsonSerializer.SerializeToUtf8Bytes(claim, ProtocolJson.Options);
        try
        {
            await blob.UploadAsync(
                BinaryData.FromBytes(content),
                new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
                },
                cancellationToken);
            Keep(claim, content.Length);
            return null;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return await ReadAsync(claim.Document.JobId, cancellationToken)
                ?? throw new InvalidOperationException($"The claim of job {claim.Document.JobId} vanished while it was read.", exception);
        }
    }

    /// <summary>The claim of a job id; null where nobody has claimed it.</summary>
    public async Task<JobClaim?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(jobId, out JobClaim? known))
        {
            return known;
        }

        var blob = await GetBlobAsync(jobId, cancellationToken);
        var claim = await blob.ReadJsonAsync<JobClaim>(cancellationToken);
        if (claim is not null)
        {
            Keep(claim, claim.Document.Payload.Data.GetRawText().Length);
        }

        return claim;
    }

    public void Dispose() => _cache.Dispose();

    private void Keep(JobClaim claim, int bytes) => _cache.Set(
        claim.Document.JobId, claim, new MemoryCacheEntryOptions { Size = bytes + ClaimOverheadBytes, SlidingExpiration = CacheTime });

    private async Task<BlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"claims/{jobId}.json");
}

/// <param name="Document">The job.</param>
/// <param name="SubmittedAt">When it was claimed.</param>
/// <param name="Source">
/// The blob and version that carried the document, where it was dropped: a trigger that is delivered again is told from a second submission
/// by it. Null for documents that came over HTTP.
/// </param>
public sealed record JobClaim(JobDocument Document, DateTimeOffset SubmittedAt, string? Source);
