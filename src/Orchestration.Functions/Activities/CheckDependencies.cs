using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Activities;

/// <summary>Looks whether the jobs that a job depends on have ended, and how.</summary>
public sealed class CheckDependencies(ClaimStore claims, ResultStore results, TimeProvider time)
{
    private const int MostJobsInAGraph = 1000;

    // The members of a batch may be submitted in any order.
    private static readonly TimeSpan TimeToBeSubmitted = TimeSpan.FromMinutes(1);

    [Function(nameof(CheckDependencies))]
    public async Task<DependencyCheck> RunAsync([ActivityTrigger] string jobId, CancellationToken cancellationToken)
    {
        if (await claims.ReadStartedAsync(jobId, cancellationToken) is not { } claim)
        {
            return Refuse(ErrorCodes.ExecutionError, $"The document of job {jobId} is gone.");
        }

        var execution = claim.Document.Execution;
        var waiting = new List<string>();
        foreach (var dependency in execution.DependsOn ?? [])
        {
            var isOpen = await claims.IsOpenToAsync(claim.Document.Metadata?.Namespace, dependency, cancellationToken);
            var other = isOpen ? await claims.ReadAsync(dependency, cancellationToken) : null;
            var result = isOpen ? await results.ReadResultAsync(dependency, cancellationToken) : null;
            if (other is null && result is null && time.GetUtcNow() - claim.SubmittedAt > TimeToBeSubmitted)
            {
                return Refuse(ErrorCodes.DependencyFailed, $"The job depends on '{dependency}', which was never submitted.");
            }

            // A result from before the claim is of an earlier document of that id, which was refused.
            if (result is null || result.ExecutionSummary.StartedAt < other?.SubmittedAt)
            {
                waiting.Add(dependency);
            }
            else if (Consequence(execution, dependency, result) is { } error)
            {
                return new DependencyCheck([], error);
            }
        }

        return waiting.Count > 0 && await FindCycleAsync(claim.Document, cancellationToken) is { } cycle
            ? Refuse(ErrorCodes.InvalidField, $"The job depends on itself, by '{cycle}'.")
            : new DependencyCheck(waiting, null);
    }

    /// <summary>What the end of a job that this one depends on means for it; null where nothing is in its way.</summary>
    private static JobError? Consequence(JobExecution execution, string dependency, JobResult result)
    {
        var message = $"The job depends on '{dependency}', which is {result.Status}.";
        return (result.Status == JobStateMachine.WireName(JobState.Completed), execution.OnDependencyFailure ?? DependencyFailure.Fail) switch
        {
            (true, _) or (_, DependencyFailure.Run) => null,
            (_, DependencyFailure.Cancel) => JobError.Create(ErrorCodes.Cancelled, message, Phases.Validation),
            _ => JobError.Create(ErrorCodes.DependencyFailed, message, Phases.Validation),
        };
    }

    /// <returns>The job through which this one depends on itself; null where it does not.</returns>
    private async Task<string?> FindCycleAsync(JobDocument document, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(document.Execution.DependsOn ?? []);
        while (seen.Count < MostJobsInAGraph && open.TryDequeue(out var jobId))
        {
            if (seen.Add(jobId)
                && await claims.IsOpenToAsync(document.Metadata?.Namespace, jobId, cancellationToken)
                && await claims.ReadAsync(jobId, cancellationToken) is { Document.Execution.DependsOn: { } next })
            {
                if (next.Contains(document.JobId))
                {
                    return jobId;
                }

                foreach (var one in next)
                {
                    open.Enqueue(one);
                }
            }
        }

        return null;
    }

    private static DependencyCheck Refuse(string code, string message) => new([], JobError.Create(code, message, Phases.Validation));
}

/// <param name="Waiting">The jobs that have not ended.</param>
/// <param name="Error">Why the job is not to be run; null where it is, once nothing is waited for.</param>
public sealed record DependencyCheck(IReadOnlyList<string> Waiting, JobError? Error);
