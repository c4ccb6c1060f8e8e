using Microsoft.DurableTask;
using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Context;

/// <summary>Which versions a worker runs.</summary>
internal static class VersionRule
{
    /// <summary>Why a worker does not run an orchestration of this version; null when it does.</summary>
    public static TaskFailureDetails? Refusal(DurableTaskWorkerOptions.VersioningOptions worker, string version)
    {
        int order = TaskOrchestrationVersioningUtils.CompareVersions(version, worker.Version);
        bool matches = worker.MatchStrategy switch
        {
            DurableTaskWorkerOptions.VersionMatchStrategy.Strict => order == 0,
            DurableTaskWorkerOptions.VersionMatchStrategy.CurrentOrOlder => order <= 0,
            _ => true,
        };
        return matches
            ? null
            : FailureCode.Failure(
                FailureCode.VersionMismatch,
                $"The orchestration has version '{version}'; this worker has version '{worker.Version}' "
                + $"and runs versions by the rule {worker.MatchStrategy}.");
    }
}
