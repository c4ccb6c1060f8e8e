using Microsoft.DurableTask.Client;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol.Results;

namespace Orchestration.Functions.Intake;

/// <summary>Tells how a claimed job fared, for those who bring it again.</summary>
public sealed class JobOutcomes(ResultStore results)
{
    /// <summary>How a job fared; null where it was never started.</summary>
    public async Task<JobOutcome?> FindAsync(DurableTaskClient client, JobClaim claim, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(claim.Document.JobId, cancellation: cancellationToken);
        if (instance is { IsCompleted: false })
        {
            return new JobOutcome(HasFailed: false, Result: null);
        }

        // A result from before the claim is of an earlier document that was refused; of a job whose orchestration was purged, it is what is left.
        var result = await results.ReadResultAsync(claim.Document.JobId, cancellationToken) is { } found
            && found.ExecutionSummary.StartedAt >= claim.SubmittedAt ? found : null;
        return (instance, result) switch
        {
            (null, null) => null,
            (_, { } own) => new JobOutcome(own.Error is not null, own),
            _ => new JobOutcome(HasFailed: true, Result: null),
        };
    }
}

/// <param name="HasFailed">Whether it ended otherwise than completed.</param>
/// <param name="Result">Its result, where it has ended with one.</param>
public sealed record JobOutcome(bool HasFailed, JobResult? Result);
