using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>
/// Moves dropped documents out of the inbox: accepted ones to <c>jobs-done</c>, refused ones to <c>jobs-failed</c> with the reason beside
/// them as <c>{name}.reason.json</c>. Nothing is overwritten: a name that is taken gets the document's version as a suffix.
/// </summary>
public sealed class DocumentArchive(StorageAccounts accounts)
{
    public async Task PutAwayAsync(
        BlobClient blob, string name, DroppedDocument dropped, Submission submission, CancellationToken cancellationToken)
    {
        if (submission is Submission.Accepted or Submission.Deduplicated)
        {
            await MoveAsync(blob, name, dropped, Containers.JobsDone, cancellationToken);
            return;
        }

        var movedTo = await MoveAsync(blob, name, dropped, Containers.JobsFailed, cancellationToken);
        var reason = submission switch
        {
            Submission.Duplicate duplicate => new Reason(
                ErrorCodes.DuplicateJob, $"A job '{duplicate.JobId}' was submitted before. A new job needs an id of its own.", null),
            Submission.KeyConflict conflict => new Reason(
                ErrorCodes.IdempotencyConflict, $"The idempotency key stands for job '{conflict.HolderId}', which has another payload.", null),
            Submission.Refused refused => new Reason(
                refused.Violations[0].Code, Violation.Summarize(refused.Violations), refused.Violations),
            _ => throw new InvalidOperationException($"Unknown submission outcome {submission}."),
        };
        var failed = await accounts.GetContainerAsync(Containers.JobsFailed, cancellationToken);
        await failed.GetBlobClient($"{movedTo}.reason.json").UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(reason, ProtocolJson.Indented)), overwrite: true, cancellationToken);
    }

    /// <returns>The name under which it lies now.</returns>
    private async Task<string> MoveAsync(
        BlobClient blob, string name, DroppedDocument dropped, string containerName, CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(containerName, cancellationToken);
        var target = container.GetBlobClient(name);
        if (await target.ExistsAsync(cancellationToken))
        {
            target = container.GetBlobClient($"{name}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dropped.Source)))[..12]}");
        }

        // Copied by the service, so that a document that is too large to be read is not lost either.
        var copy = await target.StartCopyFromUriAsync(
            blob.Uri,
            new BlobCopyFromUriOptions { SourceConditions = new BlobRequestConditions { IfMatch = dropped.ETag } },
            cancellationToken);
        await copy.WaitForCompletionAsync(cancellationToken);
        await blob.DeleteIfExistsAsync(
            conditions: new BlobRequestConditions { IfMatch = dropped.ETag }, cancellationToken: cancellationToken);
        return target.Name;
    }

    private sealed record Reason(string Code, string Message, object? Violations);
}
