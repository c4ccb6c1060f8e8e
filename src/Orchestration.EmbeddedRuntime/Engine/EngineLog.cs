using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>What the engine logs. Event ids and the keys Name and InstanceId up to 699 are those of the Microsoft worker.</summary>
internal static partial class EngineLog
{
    /// <summary>The category of the Microsoft worker, by which people filter.</summary>
    public const string Category = "Microsoft.DurableTask.Worker";

    [LoggerMessage(15, LogLevel.Error, "Unhandled exception in entity operation {EntityId}/{OperationName}.")]
    public static partial void OperationError(this ILogger logger, Exception exception, string entityId, string operationName);

    [LoggerMessage(708, LogLevel.Error, "Operations of the entity {EntityId} are given up: {Reason}")]
    public static partial void OperationsGivenUp(this ILogger logger, Exception? exception, string entityId, string reason);

    [LoggerMessage(55, LogLevel.Information, "{InstanceId}: Evaluating custom retry handler for failed '{Name}' task. Attempt = {Attempt}.")]
    public static partial void RetryingTask(this ILogger logger, string instanceId, string name, int attempt);

    [LoggerMessage(600, LogLevel.Information, "'{Name}' orchestration with ID '{InstanceId}' started.")]
    public static partial void OrchestrationStarted(this ILogger logger, string instanceId, string name);

    [LoggerMessage(601, LogLevel.Information, "'{Name}' orchestration with ID '{InstanceId}' completed.")]
    public static partial void OrchestrationCompleted(this ILogger logger, string instanceId, string name);

    [LoggerMessage(602, LogLevel.Information, "'{Name}' orchestration with ID '{InstanceId}' failed.")]
    public static partial void OrchestrationFailed(this ILogger logger, Exception? exception, string instanceId, string name);

    [LoggerMessage(603, LogLevel.Information, "'{Name}' activity of orchestration ID '{InstanceId}' started.")]
    public static partial void ActivityStarted(this ILogger logger, string instanceId, string name);

    [LoggerMessage(604, LogLevel.Information, "'{Name}' activity of orchestration ID '{InstanceId}' completed.")]
    public static partial void ActivityCompleted(this ILogger logger, string instanceId, string name);

    [LoggerMessage(605, LogLevel.Information, "'{Name}' activity of orchestration ID '{InstanceId}' failed.")]
    public static partial void ActivityFailed(this ILogger logger, Exception exception, string instanceId, string name);

    [LoggerMessage(700, LogLevel.Information, "'{Name}' orchestration with ID '{InstanceId}' was terminated.")]
    public static partial void OrchestrationTerminated(this ILogger logger, string instanceId, string name);

    [LoggerMessage(701, LogLevel.Warning, "'{Name}' orchestration with ID '{InstanceId}' has version '{Version}', which this worker does not run; it waits.")]
    public static partial void OrchestrationRejected(this ILogger logger, string instanceId, string name, string version);

    [LoggerMessage(702, LogLevel.Error, "A turn of the orchestration with ID '{InstanceId}' could not be run or stored; it is tried again in {Delay}.")]
    public static partial void TurnFailed(this ILogger logger, Exception exception, string instanceId, TimeSpan delay);

    [LoggerMessage(703, LogLevel.Information, "Durable store '{Path}' is open: {Messages} messages, {Activities} activities and {Timers} timers go on.")]
    public static partial void Recovered(this ILogger logger, string path, int messages, int activities, int timers);

    [LoggerMessage(710, LogLevel.Error, "A stored message to, or call of, '{InstanceId}' cannot be read and stays in the store: {Reason}")]
    public static partial void Unreadable(this ILogger logger, string instanceId, string reason);

    [LoggerMessage(706, LogLevel.Information, "{Count} instances were removed that had been {Status} for {Age}.")]
    public static partial void RetentionEnded(this ILogger logger, int count, OrchestrationRuntimeStatus status, TimeSpan age);

    [LoggerMessage(707, LogLevel.Error, "Instances that have been kept long enough could not be removed; it is tried again later.")]
    public static partial void RetentionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(705, LogLevel.Critical, "What was committed could not be handed over; a restart will do it.")]
    public static partial void HandoverFailed(this ILogger logger, Exception exception);

    [LoggerMessage(709, LogLevel.Information, "The orchestration with ID '{InstanceId}' got an answer to its task {TaskId}, which does not wait for one; it is ignored.")]
    public static partial void AnswerIgnored(this ILogger logger, string instanceId, int taskId);

    [LoggerMessage(704, LogLevel.Warning, "The orchestration with ID '{InstanceId}' asked to continue as new and then failed; it does not continue.")]
    public static partial void ContinueAsNewIgnored(this ILogger logger, string instanceId);
}
