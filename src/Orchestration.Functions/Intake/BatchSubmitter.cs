using Microsoft.DurableTask.Client;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>Submits many documents at once, each on its own: one that is refused does not keep the others from running.</summary>
public sealed class BatchSubmitter(JobSubmitter submitter)
{
    /// <summary>Most documents of one call.</summary>
    public const int MaximumDocuments = 10_000;

    // As many as keep the storage busy; each holds one document at most.
    private const int AtOnce = 16;
    private const int MostViolations = 10;

    /// <summary>Submits the documents of a batch. The answers are in the documents' order.</summary>
    /// <param name="client">Starts the jobs.</param>
    /// <param name="content">The batch.</param>
    /// <param name="describe">Says of a document what is known of its submitter.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<BatchAnswer>> SubmitAsync(
        DurableTaskClient client, Stream content, Func<ReadOnlyMemory<byte>, IncomingDocument> describe, CancellationToken cancellationToken)
    {
        var answers = new List<BatchAnswer>();
        var pending = new Queue<Task<BatchAnswer>>();
        var count = 0;
        await foreach (var document in BatchReader.ReadAsync(content, cancellationToken))
        {
            if (count == MaximumDocuments)
            {
                pending.Enqueue(Task.FromResult(new BatchAnswer(count, "refused")
                {
                    Code = ErrorCodes.ResourceLimit,
                    Message = $"Expected at most {MaximumDocuments} documents; this one and those after it were left out.",
                }));
                break;
            }

            if (pending.Count == AtOnce)
            {
                answers.Add(await pending.Dequeue());
            }

            pending.Enqueue(SubmitAsync(client, count++, describe(document), cancellationToken));
        }

        answers.AddRange(await Task.WhenAll(pending));
        return answers;
    }

    /// <summary>Submits one of many documents.</summary>
    public async Task<BatchAnswer> SubmitAsync(DurableTaskClient client, int index, IncomingDocument document, CancellationToken cancellationToken)
    {
        var submission = await submitter.SubmitAsync(client, document, cancellationToken);
        return submission switch
        {
            Submission.Accepted accepted => new BatchAnswer(index, "accepted") { JobId = accepted.JobId },
            Submission.Deduplicated equal => new BatchAnswer(index, "deduplicated") { JobId = equal.JobId },
            Submission.Duplicate duplicate => Refuse(index, duplicate.JobId, ErrorCodes.DuplicateJob, "The job id belongs to another job."),
            Submission.KeyConflict conflict => Refuse(
                index, conflict.JobId, ErrorCodes.IdempotencyConflict, $"The idempotency key stands for job '{conflict.HolderId}', which has another payload."),
            Submission.Refused refused => Refuse(index, refused.JobId, refused.Violations[0].Code, Violation.Summarize(refused.Violations)) with
            {
                Violations = [.. refused.Violations.Take(MostViolations)],
            },
            _ => throw new InvalidOperationException($"Unknown submission outcome {submission}."),
        };
    }

    private static BatchAnswer Refuse(int index, string? jobId, string code, string message) =>
        new(index, "refused") { JobId = jobId, Code = code, Message = message };
}
