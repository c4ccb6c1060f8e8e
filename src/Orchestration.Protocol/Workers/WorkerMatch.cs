using NuGet.Versioning;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Workers;

/// <summary>Tells whether a worker may run a job, and if not, why.</summary>
public static class WorkerMatch
{
    private const string Affinity = "disk_locality";

    /// <summary>
    /// Everything in a job's constraints and routing that a worker does not meet: <see cref="ErrorCodes.CapabilityMismatch"/> for what it lacks,
    /// <see cref="ErrorCodes.NoMatchingWorker"/> where the job wants another one.
    /// </summary>
    public static IReadOnlyList<Violation> Compare(JobDocument job, WorkerDocument worker) =>
        [.. CompareConstraints(job.Constraints ?? new JobConstraints(), worker), .. CompareRouting(job, worker)];

    private static IEnumerable<Violation> CompareConstraints(JobConstraints constraints, WorkerDocument worker)
    {
        foreach (var (index, capability) in (constraints.RequiredCapabilities ?? []).Index().Where(item => !worker.Capabilities.Has(item.Item)))
        {
            yield return Lacks($"required_capabilities/{index}", $"Expected a worker with '{capability}'; {worker.WorkerId} lacks it.");
        }

        foreach (var (index, feature) in (constraints.RequiredFeatures ?? []).Index().Where(item => !worker.Capabilities.Features.Contains(item.Item)))
        {
            yield return Lacks($"required_features/{index}", $"Expected a worker with '{feature}'; {worker.WorkerId} lacks it.");
        }

        if (constraints.MinimumWorkerVersion is { } minimum
            && SemanticVersion.TryParse(minimum, out var wanted)
            && (!SemanticVersion.TryParse(worker.Version, out var found) || found < wanted))
        {
            yield return Lacks("minimum_worker_version", $"Expected a worker of version {minimum} or later, found {worker.Version}.");
        }

        if (constraints.RequirePrivileged is true && !worker.Configuration.Privileged)
        {
            yield return Lacks("require_privileged", $"Expected a worker with administrator's rights; {worker.WorkerId} has none.");
        }

        if (constraints.MinimumMemoryGb > worker.Resources.MemoryGb)
        {
            yield return Lacks("minimum_memory_gb", $"Expected {constraints.MinimumMemoryGb} GiB of memory, found {worker.Resources.MemoryGb:0.#}.");
        }

        if (constraints.MinimumFreeDiskGb > worker.Resources.AvailableDiskGb)
        {
            yield return Lacks("minimum_free_disk_gb", $"Expected {constraints.MinimumFreeDiskGb} GiB of free disk, found {worker.Resources.AvailableDiskGb:0.#}.");
        }
    }

    private static IEnumerable<Violation> CompareRouting(JobDocument job, WorkerDocument worker)
    {
        var pool = worker.Configuration.WorkerPool;
        if (job.Constraints?.AllowedWorkerPools is { Count: > 0 } pools && !pools.Contains(pool))
        {
            yield return Elsewhere("/constraints/allowed_worker_pools", $"Expected a worker of the pools {string.Join(", ", pools)}; {worker.WorkerId} is of '{pool}'.");
        }

        if (job.Routing?.WorkerPool is { Length: > 0 } wantedPool && wantedPool != pool)
        {
            yield return Elsewhere("/routing/worker_pool", $"Expected a worker of the pool '{wantedPool}'; {worker.WorkerId} is of '{pool}'.");
        }

        if (job.Routing?.WorkerId is { Length: > 0 } wantedId && wantedId != worker.WorkerId)
        {
            yield return Elsewhere("/routing/worker_id", $"Expected the worker '{wantedId}', found '{worker.WorkerId}'.");
        }

        if (job.Routing?.Affinity?.GetValueOrDefault(Affinity) is { } place && !worker.Configuration.DataLocality.Contains(place.Trim('/')))
        {
            yield return Elsewhere(
                $"/routing/affinity/{Affinity}", $"Expected a worker near '{place}'; {worker.WorkerId} is near {string.Join(", ", worker.Configuration.DataLocality)}.");
        }
    }

    private static Violation Lacks(string name, string message) => new($"/constraints/{name}", ErrorCodes.CapabilityMismatch, message);

    private static Violation Elsewhere(string pointer, string message) => new(pointer, ErrorCodes.NoMatchingWorker, message);
}
