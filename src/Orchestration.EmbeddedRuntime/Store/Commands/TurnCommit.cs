using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>
/// Everything one turn changes: history, instance row, consumed messages and answers, new activities and timers, messages to others.
/// </summary>
/// <param name="key">The instance's key.</param>
/// <param name="instanceId">The instance's id.</param>
/// <param name="turn">The turn's number within the execution, from 0.</param>
/// <param name="consumed">The messages that the turn took.</param>
/// <param name="result">What the turn decided.</param>
/// <param name="now">The time, in UTC.</param>
/// <param name="whenCommitted">Called after the commit.</param>
/// <param name="whenFailed">Called when nothing was stored.</param>
internal sealed class TurnCommit(
    long key,
    string instanceId,
    int turn,
    IReadOnlyList<InboxMessage> consumed,
    TurnResult result,
    DateTime now,
    Action<TurnCommit> whenCommitted,
    Action<TurnCommit, StoreException> whenFailed) : StoreCommand
{
    public TurnResult TurnResult => result;

    public IReadOnlyList<InboxMessage> Consumed => consumed;

    public override void Committed() => whenCommitted(this);

    public override void Failed(StoreException exception) => whenFailed(this, exception);

    protected override void Write(StoreSession session)
    {
        RemoveConsumed(session);
        WriteInstance(session);
        WriteActions(session);
        LeaveCriticalSections(session);
        Notify(session);
    }

    private void RemoveConsumed(StoreSession session)
    {
        foreach (InboxMessage message in consumed)
        {
            if (message.Sequence is { } sequence)
            {
                session.RemoveMessage(key, sequence);
            }
            else if (message.Event is ResultEvent answer && message.ExecutionId == result.Started?.ExecutionId)
            {
                if (answer is TimerFired)
                {
                    session.RemoveTimer(key, answer.TaskId);
                }
                else
                {
                    session.RemoveActivity(key, answer.TaskId);
                }
            }
        }
    }

    private void WriteInstance(StoreSession session)
    {
        if (result.SetsCustomStatus)
        {
            session.SetCustomStatus(key, result.CustomStatus);
        }

        if (result.Next is { } next)
        {
            session.Renew(key, next.Input, next.Version);
            session.Touch(key, result.Status, now);
            Deliveries.Add(session.Send(key, instanceId, next, null));
            return;
        }

        session.AddTurn(key, turn, result.NewEvents);
        if (result.IsTerminal)
        {
            byte[]? failure = result.Failure is null ? null : HistoryCodec.WriteFailure(result.Failure);
            session.End(key, result.Status, now, result.Output, failure);
        }
        else
        {
            session.Touch(key, result.Status, now);
        }
    }

    private void WriteActions(StoreSession session)
    {
        foreach (TimerCreated cancelled in result.Abandoned.OfType<TimerCreated>())
        {
            session.RemoveTimer(key, cancelled.TaskId);
        }

        string executionId = result.Started?.ExecutionId ?? string.Empty;
        foreach (ActionEvent action in result.Actions)
        {
            switch (action)
            {
                case TaskScheduled call:
                    session.AddActivity(key, executionId, call);
                    break;
                case TimerCreated timer:
                    session.AddTimer(key, executionId, timer);
                    break;
                case SubOrchestrationCreated child:
                    StartChild(session, child, executionId);
                    break;
                case EventSent sent:
                    SendTo(session, sent.InstanceId, new EventRaised(sent.Name, sent.Payload), null);
                    break;
                default:
                    SendToEntities(session, action);
                    break;
            }
        }
    }

    private void SendToEntities(StoreSession session, ActionEvent action)
    {
        foreach (var (entityId, message, visibleAt) in result.Started is { } execution ? EntityOutbox.Messages(action, instanceId, execution) : [])
        {
            Deliveries.Add(session.SendToEntity(entityId, message, now, visibleAt));
        }
    }

    private void LeaveCriticalSections(StoreSession session)
    {
        foreach (EntityLockRequested section in result.UnreleasedLocks)
        {
            SendToEntities(session, new EntityUnlockSent(section.TaskId, section.TaskId, section.Entities));
        }
    }

    private void StartChild(StoreSession session, SubOrchestrationCreated child, string executionId)
    {
        var parent = new ParentLink(result.Started?.Name ?? string.Empty, instanceId, executionId, child.TaskId);
        Deliveries.Add(session.StartChild(key, child, parent, result.Started, now));
    }

    private void Notify(StoreSession session)
    {
        if (result.TerminatesChildren)
        {
            foreach (SubOrchestrationCreated child in result.Abandoned.OfType<SubOrchestrationCreated>())
            {
                SendTo(session, child.InstanceId, new ExecutionTerminated(result.Output, Recursive: true), null);
            }
        }

        if (result.IsTerminal && result.Started?.Parent is { } parent)
        {
            HistoryEvent answer = result.Status switch
            {
                OrchestrationRuntimeStatus.Completed => new SubOrchestrationCompleted(parent.TaskId, result.Output),
                OrchestrationRuntimeStatus.Failed when result.Failure is { } failure => new SubOrchestrationFailed(parent.TaskId, failure),
                _ => new SubOrchestrationFailed(
                    parent.TaskId,
                    FailureCode.Failure(FailureCode.Terminated, $"The orchestration '{instanceId}' was terminated. {result.Output}".TrimEnd())),
            };
            SendTo(session, parent.InstanceId, answer, parent.ExecutionId);
        }
    }

    private void SendTo(StoreSession session, string target, HistoryEvent message, string? executionId)
    {
        // Messages to nobody are dropped.
        if (session.TrySend(target, message, executionId) is { } delivery)
        {
            Deliveries.Add(delivery);
        }
    }
}
