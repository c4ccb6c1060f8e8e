using System.Globalization;
using DurableTask.Core;
using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Engine.History;
using Core = DurableTask.Core.History;

namespace Orchestration.EmbeddedRuntime.Engine.Client;

/// <summary>Shows a stored history with the types of the Durable Task Framework.</summary>
internal static class CoreHistory
{
    /// <param name="instanceId">The instance.</param>
    /// <param name="turns">Its history, turn by turn.</param>
    public static IList<Core.HistoryEvent> Of(string instanceId, IReadOnlyList<IReadOnlyList<HistoryEvent>> turns)
    {
        var timers = turns.SelectMany(turn => turn).OfType<TimerCreated>().ToDictionary(timer => timer.TaskId, timer => timer.FireAt);
        var shown = new List<Core.HistoryEvent>();
        foreach (IReadOnlyList<HistoryEvent> turn in turns)
        {
            DateTime at = turn.OfType<OrchestratorStarted>().FirstOrDefault()?.Timestamp ?? default;
            foreach (Core.HistoryEvent next in turn.SelectMany(past => Show(past, instanceId, timers)).Append(new Core.OrchestratorCompletedEvent(-1)))
            {
                next.Timestamp = at;
                shown.Add(next);
            }
        }

        return shown;
    }

    private static IEnumerable<Core.HistoryEvent> Show(HistoryEvent past, string instanceId, Dictionary<int, DateTime> timers) => past switch
    {
        OrchestratorStarted => [new Core.OrchestratorStartedEvent(-1)],
        ExecutionStarted started => [Show(started, instanceId), .. (started.CarriedEvents ?? []).Select(Show)],
        ExecutionCompleted completed => [new Core.ExecutionCompletedEvent(-1, completed.Result, OrchestrationStatus.Completed)],
        ExecutionFailed failed =>
            [new Core.ExecutionCompletedEvent(-1, failed.Failure.ErrorMessage, OrchestrationStatus.Failed, Show(failed.Failure))],
        ExecutionTerminated terminated => [new Core.ExecutionTerminatedEvent(-1, terminated.Output)],
        ExecutionSuspended suspended => [new Core.ExecutionSuspendedEvent(-1, suspended.Reason)],
        ExecutionResumed resumed => [new Core.ExecutionResumedEvent(-1, resumed.Reason)],
        ExecutionRewound rewound => [new Core.ExecutionRewoundEvent(-1, rewound.Reason)],
        TaskScheduled task => [new Core.TaskScheduledEvent(task.TaskId, task.Name, task.Version, task.Input) { Tags = Copy(task.Tags) }],
        TaskCompleted completed => [new Core.TaskCompletedEvent(-1, completed.TaskId, completed.Result)],
        TaskFailed failed => [new Core.TaskFailedEvent(-1, failed.TaskId, failed.Failure.ErrorMessage, failed.Failure.StackTrace, Show(failed.Failure))],
        SubOrchestrationCreated child =>
        [
            new Core.SubOrchestrationInstanceCreatedEvent(child.TaskId)
            {
                InstanceId = child.InstanceId, Name = child.Name, Version = child.Version, Input = child.Input,
            },
        ],
        SubOrchestrationCompleted completed => [new Core.SubOrchestrationInstanceCompletedEvent(-1, completed.TaskId, completed.Result)],
        SubOrchestrationFailed failed =>
        [
            new Core.SubOrchestrationInstanceFailedEvent(
                -1, failed.TaskId, failed.Failure.ErrorMessage, failed.Failure.StackTrace, Show(failed.Failure)),
        ],
        TimerCreated timer => [new Core.TimerCreatedEvent(timer.TaskId, timer.FireAt)],
        TimerFired fired => [new Core.TimerFiredEvent(-1, timers.GetValueOrDefault(fired.TaskId)) { TimerId = fired.TaskId }],
        EventRaised raised => [Show(raised)],
        EventSent sent => [Sent(sent.TaskId, sent.InstanceId, sent.Name, sent.Payload)],
        EntityOperationCalled call => [Sent(call.TaskId, call.EntityId, call.Operation, call.Input)],
        EntityOperationSignaled signal => [Sent(signal.TaskId, signal.EntityId, signal.Operation, signal.Input)],
        EntityLockRequested request => request.Entities.Select(entity => Sent(request.TaskId, entity, "lock", null)),
        EntityUnlockSent unlock => unlock.Entities.Select(entity => Sent(unlock.TaskId, entity, "release", null)),
        EntityOperationCompleted completed => [Answered(completed.TaskId, completed.Result)],
        EntityOperationFailed failed => [Answered(failed.TaskId, failed.Failure.ErrorMessage)],
        EntityLockGranted granted => [Answered(granted.TaskId, null)],
        _ => [new Core.GenericEvent(-1, past.GetType().Name)],
    };

    private static Core.ExecutionStartedEvent Show(ExecutionStarted started, string instanceId) => new(-1, started.Input)
    {
        Name = started.Name,
        Version = started.Version,
        Tags = Copy(started.Tags),
        OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = started.ExecutionId },
        ParentInstance = started.Parent is not { } parent ? null : new ParentInstance
        {
            Name = parent.Name,
            TaskScheduleId = parent.TaskId,
            OrchestrationInstance = new OrchestrationInstance { InstanceId = parent.InstanceId, ExecutionId = parent.ExecutionId },
        },
    };

    private static Core.EventRaisedEvent Show(EventRaised raised) => new(-1, raised.Payload) { Name = raised.Name };

    private static FailureDetails Show(TaskFailureDetails failure) => new(
        failure.ErrorType,
        failure.ErrorMessage,
        failure.StackTrace,
        failure.InnerFailure is { } inner ? Show(inner) : null,
        !FailureCode.IsRetriable(failure),
        failure.Properties);

    private static Core.EventSentEvent Sent(int task, string to, string name, string? input) =>
        new(task) { InstanceId = to, Name = name, Input = input };

    private static Core.EventRaisedEvent Answered(int task, string? result) =>
        new(-1, result) { Name = task.ToString(CultureInfo.InvariantCulture) };

    private static Dictionary<string, string>? Copy(IReadOnlyDictionary<string, string>? tags) => tags is null ? null : new(tags);
}
