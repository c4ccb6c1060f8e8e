using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Storage;

/// <summary>
/// Claims of job ids. A claim is a blob that is created only if it does not exist, so that of several submitters of one id exactly one
/// wins, on either runtime and across machines. It holds the document, so that a job can always be shown and started again.
/// </summary>
public sealed class ClaimStore(StorageAccounts accounts)
{
    /// <summary>Claims a job id for a document.</summary>
    /// <returns>Null where the claim is ours now; else the claim that was there first.</returns>
    public async Task<JobClaim?> TryClaimAsync(JobClaim claim, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(claim.Document.JobId, cancellationToken);
        try
        {
            await blob.UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(claim, ProtocolJson.Options)),
                new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
                },
                cancellationToken);
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
        var blob = await GetBlobAsync(jobId, cancellationToken);
        return await blob.ReadJsonAsync<JobClaim>(cancellationToken);
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
public sealed record JobClaim(JobDocument Document, DateTimeOffset SubmittedAt, string? Source);
