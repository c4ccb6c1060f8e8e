using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Caching.Memory;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Storage.Claims;

/// <summary>
/// Claims of job ids. A claim is a blob that is created only if it does not exist, so that of several submitters of one id exactly one
/// wins, on either runtime and across machines. It holds the document, so that a job can always be shown and started again. In the place of a
/// claim there may be the note of a refusal, or of a job that was removed: the id is free then, but has a result that must go before a job of
/// that id is started.
/// </summary>
public sealed class ClaimStore(StorageAccounts accounts) : IDisposable
{
    private const int MostCachedClaims = 4096;
    private const int MostCachedCharacters = 16 * 1024;

    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly MemoryCache _started = new(new MemoryCacheOptions { SizeLimit = MostCachedClaims });

    /// <summary>Claims a job id for a document.</summary>
    public async Task<ClaimAnswer> TryClaimAsync(JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        while (!await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken))
        {
            // Gone again where its submitter withdrew in the meantime.
            if (await blob.ReadVersionedJsonAsync<StoredClaim>(cancellationToken) is not { } found)
            {
                continue;
            }

            if (found.Content.ToClaim() is { } earlier)
            {
                return new ClaimAnswer(earlier, AfterRefusal: false);
            }

            if (await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfMatch = found.Version }, cancellationToken))
            {
                Keep(claim);
                return new ClaimAnswer(Earlier: null, AfterRefusal: true);
            }
        }

        Keep(claim);
        return new ClaimAnswer(Earlier: null, AfterRefusal: false);
    }

    /// <summary>Notes that a document of this id was refused.</summary>
    /// <returns>False where the id belongs to a job, or to one that was removed but for its result.</returns>
    public async Task<bool> TryNoteRefusalAsync(string jobId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        var note = new StoredClaim(Document: null, at, Source: null, ClaimedBy: null);
        return await blob.TryWriteJsonAsync(note, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken)
            || await blob.ReadJsonAsync<StoredClaim>(cancellationToken) is null or { Document: null, HasResult: false };
    }

    /// <summary>Puts a claim in the place of one whose submitter is gone.</summary>
    /// <returns>False where somebody else has done so.</returns>
    public async Task<bool> TryReplaceAsync(JobClaim earlier, JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        return await blob.ReadVersionedJsonAsync<StoredClaim>(cancellationToken) is { } current
            && (current.Content.ClaimedBy, current.Content.SubmittedAt) == (earlier.ClaimedBy, earlier.SubmittedAt)
            && await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfMatch = current.Version }, cancellationToken);
    }

    /// <summary>Takes back a claim of ours whose job is not going to be started.</summary>
    public async Task ReleaseAsync(string jobId, CancellationToken cancellationToken)
    {
        _started.Remove(jobId);
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>Takes back the claim of a job whose result stays, and notes that.</summary>
    public async Task ReleaseButResultAsync(string jobId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        _started.Remove(jobId);
        var blob = await GetBlobAsync(jobId, cancellationToken);
        var found = await blob.ReadVersionedJsonAsync<StoredClaim>(cancellationToken);
        var conditions = found is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = found.Version };
        var note = new StoredClaim(Document: null, at, Source: null, ClaimedBy: null, found?.Content.Owner, HasResult: true);
        await blob.TryWriteJsonAsync(note, conditions, cancellationToken);
    }

    /// <summary>
    /// Whether those of a namespace may know of a job, or of the result that is left of it. For them, a job of another is as one that does not exist;
    /// who is of none may know of all.
    /// </summary>
    public async Task<bool> IsOpenToAsync(string? jobNamespace, string jobId, CancellationToken cancellationToken) =>
        jobNamespace is null
        || ((await (await GetBlobAsync(jobId, cancellationToken)).ReadJsonAsync<StoredClaim>(cancellationToken))?.Owner is { } owner
            && string.Equals(owner, jobNamespace, StringComparison.Ordinal));

    /// <summary>The claim of a job id; null where nobody has claimed it.</summary>
    public async Task<JobClaim?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        return (await blob.ReadJsonAsync<StoredClaim>(cancellationToken))?.ToClaim();
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

    /// <summary>A claim as it is stored; without a document, the note of a refusal, or of a job that was removed, with the namespace that it had.</summary>
    private sealed record StoredClaim(JobDocument? Document, DateTimeOffset SubmittedAt, string? Source, string? ClaimedBy, string? Namespace = null, bool HasResult = false)
    {
        [JsonIgnore]
        public string? Owner => Document?.Metadata?.Namespace ?? Namespace;

        public JobClaim? ToClaim() => Document is null ? null : new JobClaim(Document, SubmittedAt, Source, ClaimedBy);
    }
}

/// <param name="Earlier">The claim that was there first; null where the id is ours now.</param>
/// <param name="AfterRefusal">Whether an earlier document of that id was refused, so that there is a result of it.</param>
public sealed record ClaimAnswer(JobClaim? Earlier, bool AfterRefusal);

/// <param name="Document">The job.</param>
/// <param name="SubmittedAt">When it was claimed.</param>
/// <param name="Source">
/// The blob and version that carried the document, where it was dropped: a trigger that is delivered again is told from a second submission
/// by it. Null for documents that came over HTTP.
/// </param>
/// <param name="ClaimedBy">The process that claimed it and is to start it.</param>
public sealed record JobClaim(JobDocument Document, DateTimeOffset SubmittedAt, string? Source, string? ClaimedBy = null);
