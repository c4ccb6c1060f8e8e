using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Storage.Blobs;

namespace Orchestration.Functions.Storage.Claims;

/// <summary>Sees to it that of several who run a dead letter again at one moment one does, across machines.</summary>
public sealed class RequeueClaims(StorageAccounts accounts, TimeProvider time)
{
    // Whoever claimed it and did not start it within this time is gone.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Claims to run a job again.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="attempt">Its last attempt, which tells this end of it from earlier ones.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False where somebody else does.</returns>
    public async Task<bool> TryClaimAsync(string jobId, int attempt, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, cancellationToken);
        var claim = new RequeueClaim(attempt, time.GetUtcNow());
        if (await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken))
        {
            return true;
        }

        return await blob.ReadVersionedJsonAsync<RequeueClaim>(cancellationToken) is { } earlier
            && (earlier.Content.Attempt < attempt || claim.At - earlier.Content.At > Patience)
            && await blob.TryWriteJsonAsync(claim, new BlobRequestConditions { IfMatch = earlier.Version }, cancellationToken);
    }

    /// <summary>Removes what is kept of a job that is removed itself.</summary>
    public async Task RemoveAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private async Task<BlobClient> GetBlobAsync(string jobId, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"requeues/{jobId}.json");

    private sealed record RequeueClaim(int Attempt, DateTimeOffset At);
}
