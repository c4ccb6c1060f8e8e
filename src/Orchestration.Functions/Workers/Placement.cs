using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;
using Orchestration.Protocol.Workers;

namespace Orchestration.Functions.Workers;

/// <summary>Finds out whether there is a worker that may run a job.</summary>
public sealed class Placement(ThisWorker self, WorkerRegistry registry)
{
    /// <summary>
    /// Why no worker may run a job: what stands in the way on the one that comes nearest. Empty where one may, of those heard of within a day:
    /// a job waits for one that is away.
    /// </summary>
    public async Task<IReadOnlyList<Violation>> CheckAsync(JobDocument job, CancellationToken cancellationToken)
    {
        if (IsContentWithAny(job) || WorkerMatch.Compare(job, self.Describe()) is not { Count: > 0 } mismatches)
        {
            return [];
        }

        var workers = await registry.ListAsync(cancellationToken);
        return workers
            .Select(worker => WorkerMatch.Compare(job, worker))
            .Append(mismatches)
            .MinBy(found => found.Count) ?? mismatches;
    }

    /// <summary>Requires that this very worker may run a job.</summary>
    /// <exception cref="WorkerMismatchException">It may not; another one that is asked in its place may.</exception>
    public void RequireHere(JobDocument job)
    {
        if (!IsContentWithAny(job) && WorkerMatch.Compare(job, self.Describe()) is { Count: > 0 } mismatches)
        {
            throw new WorkerMismatchException(Violation.Summarize(mismatches));
        }
    }

    private static bool IsContentWithAny(JobDocument job) => job.Constraints is null && job.Routing is null;
}

/// <summary>
/// A step came to a worker that must not run it. Durable Functions cannot address a worker, so that the step is tried again until it comes
/// to one that may. The job waits while one is known, and ends with <see cref="ErrorCodes.NoMatchingWorker"/> where none is.
/// </summary>
public sealed class WorkerMismatchException(string message) : Exception(message);
