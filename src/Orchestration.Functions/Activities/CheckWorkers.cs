using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Workers;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Activities;

/// <summary>Looks whether it is worth waiting for a worker that may run a job: one that was heard of within a day.</summary>
public sealed class CheckWorkers(ClaimStore claims, Placement placement)
{
    [Function(nameof(CheckWorkers))]
    public async Task<WorkerCheck> RunAsync([ActivityTrigger] string jobId, CancellationToken cancellationToken)
    {
        if (await claims.ReadStartedAsync(jobId, cancellationToken) is not { } claim)
        {
            return new WorkerCheck($"The document of job {jobId} is gone.");
        }

        var mismatches = await placement.CheckAsync(claim.Document, cancellationToken);
        return new WorkerCheck(mismatches.Count == 0 ? null : Violation.Summarize(mismatches));
    }
}
