using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>Error types of failures that the engine itself reports.</summary>
internal static class FailureCode
{
    public const string OrchestratorNotFound = "OrchestratorTaskNotFound";
    public const string ActivityNotFound = "ActivityTaskNotFound";
    public const string EntityNotFound = "EntityTaskNotFound";
    public const string VersionMismatch = "VersionMismatch";
    public const string Terminated = "OrchestrationTerminated";
    public const string InstanceExists = "OrchestrationAlreadyExists";

    /// <summary>Whether another attempt could end differently: what is not there now will not be there then.</summary>
    public static bool IsRetriable(TaskFailureDetails failure) =>
        failure.ErrorType is not (OrchestratorNotFound or ActivityNotFound or EntityNotFound or VersionMismatch);

    public static TaskFailureDetails Failure(string code, string message) => new(code, message, null, null, null);
}
