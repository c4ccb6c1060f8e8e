using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Engine.Activities;
using Orchestration.EmbeddedRuntime.Engine.Diagnosis;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime;

/// <summary>Says why an orchestration instance does not move. A service of every host with the embedded engine; safe for concurrent use.</summary>
public sealed class InstanceDiagnoser
{
    private readonly DurableEngine _engine;

    internal InstanceDiagnoser(DurableEngine engine) => _engine = engine;

    /// <summary>
    /// Diagnoses an instance. Its orchestrator is replayed over the stored history, on the calling thread, to learn which events it
    /// awaits and which attempts it makes; nothing of the instance changes.
    /// </summary>
    /// <returns>Null when there is no such instance.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public InstanceDiagnosis? Diagnose(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (_engine.Reader.Inspect(instanceId) is not { } stored)
        {
            return null;
        }

        InstanceRecord instance = stored.Instance;
        MailboxState? mailbox = _engine.Dispatcher.Look(instance.Key);
        List<HistoryEvent> history = [.. stored.Turns.SelectMany(turn => turn)];
        var past = new PastEvents(history);
        bool hasEnded = new InstanceHandle(instance.Key, instance.Status).IsTerminal;
        // A turn that runs does the same replay; should it never return, one thread that hangs is enough.
        ExecutionState? state = hasEnded || mailbox?.TakenSince is not null ? null : Replay(instanceId, history);
        IReadOnlyList<(ActionEvent Action, int? Attempt)> open = hasEnded
            ? []
            : state is { Refusal: null, Divergence: null }
                ? [.. state.Open.Select(task => (task.Action, (int?)task.Attempt))]
                : [.. OpenWork.Of(history).Select(action => (action, (int?)null))];

        var diagnosis = new InstanceDiagnosis
        {
            InstanceId = instanceId,
            Name = instance.Name,
            RuntimeStatus = instance.Status,
            CreatedAt = instance.CreatedAt,
            Reasons = [],
            LastTurn = past.LastTurn is { } lastTurn ? new TurnDiagnosis(stored.Turns.Count, lastTurn) : null,
            TurnRunningSince = mailbox?.TakenSince,
            StartsAt = past.LastTurn is null ? stored.StartsAt : null,
            WaitingMessages = mailbox?.WaitingMessages ?? stored.InboxCount,
            Activities =
            [
                .. open.Where(task => task.Action is TaskScheduled).Select(task => DescribeActivity(instance.Key, task, past)),
            ],
            Timers = [.. open.Select(task => task.Action).OfType<TimerCreated>().Select(timer => new TimerDiagnosis(timer.TaskId, timer.FireAt))],
            AwaitedEvents = state?.AwaitedEvents ?? [],
            UnreceivedEvents = state?.UnreceivedEvents ?? [],
            SubOrchestrations = [.. open.Where(task => task.Action is SubOrchestrationCreated).Select(task => DescribeChild(task, past))],
            Entities = [.. open.SelectMany(task => DescribeEntities(task.Action, past))],
            Suspension = !hasEnded && past.Suspension is { } suspension
                ? new SuspensionDiagnosis(suspension.At, suspension.Reason, state?.HeldMessages)
                : null,
            LastError = LastError(instance, mailbox, past),
        };
        return diagnosis with { Reasons = StallReasons.Of(diagnosis, state, mailbox, hasWorker: _engine.Tasks is not null, _engine.Now) };
    }

    private ExecutionState? Replay(string instanceId, List<HistoryEvent> history)
    {
        if (_engine.Tasks is not { } tasks || history.OfType<ExecutionStarted>().FirstOrDefault() is not { } started)
        {
            return null;
        }

        return tasks.Run(resolve =>
            new OrchestrationExecution(instanceId, started, tasks.Settings, resolve, static () => { }).Inspect(history));
    }

    private ActivityDiagnosis DescribeActivity(long instance, (ActionEvent Action, int? Attempt) task, PastEvents past)
    {
        ActivityExecutor activities = _engine.Dispatcher.Activities;
        OpenActivity? open = activities.Find(instance, task.Action.TaskId);
        return new(
            task.Action.TaskId,
            task.Action.ActionName,
            task.Attempt,
            past.TimeOf(task.Action),
            open?.StartedAt,
            activities.LimitOf(task.Action.ActionName),
            open?.LastHeartbeat is { } heartbeat ? new HeartbeatDiagnosis(heartbeat.At, heartbeat.Progress) : null);
    }

    private SubOrchestrationDiagnosis DescribeChild((ActionEvent Action, int? Attempt) task, PastEvents past)
    {
        string child = (task.Action as SubOrchestrationCreated)?.InstanceId ?? string.Empty;
        OrchestrationRuntimeStatus? status = _engine.Reader.Get(child, withPayloads: false)?.Status;
        return new(task.Action.TaskId, task.Action.ActionName, child, task.Attempt, past.TimeOf(task.Action), status);
    }

    private IEnumerable<EntityDiagnosis> DescribeEntities(ActionEvent action, PastEvents past)
    {
        (IReadOnlyList<string> ids, string? operation) = action switch
        {
            EntityOperationCalled call => ((IReadOnlyList<string>)[call.EntityId], call.Operation),
            EntityLockRequested request => (request.Entities, null),
            _ => ([], null),
        };
        return ids.Select(id =>
        {
            EntityRecord? entity = _engine.Reader.GetEntity(id, withState: false, _engine.Now);
            return new EntityDiagnosis(action.TaskId, id, operation, past.TimeOf(action), entity?.Backlog ?? 0, entity?.LockedBy);
        });
    }

    private static ErrorDiagnosis? LastError(InstanceRecord instance, MailboxState? mailbox, PastEvents past) => (instance.Failure, mailbox?.Failure) switch
    {
        ({ } failure, _) => Error(instance.Name, failure, instance.UpdatedAt),
        (_, { } failure) => new ErrorDiagnosis("turn", failure.Exception.GetType().FullName ?? string.Empty, failure.Exception.Message, failure.At),
        _ => past.LastFailure is { } failed ? Error(failed.Task, failed.Failure, failed.At) : null,
    };

    private static ErrorDiagnosis Error(string source, TaskFailureDetails failure, DateTime at) =>
        new(source, failure.ErrorType, failure.ErrorMessage, at);
}
