using Orchestration.EmbeddedRuntime.Engine.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>
/// Everything one turn of an entity changes: its messages, its state and lock, answers to callers, signals, started orchestrations.
/// </summary>
/// <param name="key">The entity's key.</param>
/// <param name="work">What the turn took.</param>
/// <param name="state">The new state; null: it is not changed.</param>
/// <param name="batch">What the operations did.</param>
/// <param name="now">The time, in UTC.</param>
/// <param name="whenCommitted">Called after the commit.</param>
/// <param name="whenFailed">Called when nothing was stored.</param>
internal sealed class EntityCommit(
    long key,
    EntityWork work,
    EntityState? state,
    EntityBatch batch,
    DateTime now,
    Action whenCommitted,
    Action<StoreException> whenFailed) : StoreCommand
{
    public override void Committed() => whenCommitted();

    public override void Failed(StoreException exception) => whenFailed(exception);

    protected override void Write(StoreSession session)
    {
        foreach (InboxMessage message in work.Consumed)
        {
            if (message.Sequence is { } sequence)
            {
                session.RemoveMessage(key, sequence);
            }
        }

        session.Entities.SetLock(key, work.Lock);
        if (work.Operations.Count > 0)
        {
            session.Entities.Touch(key, now);
        }

        if (state is not null)
        {
            session.Entities.SetState(key, state.Text);
        }

        Send(session);
    }

    private void Send(StoreSession session)
    {
        foreach (var (caller, answer) in batch.Answers)
        {
            SendTo(session, caller, answer);
        }

        foreach (EntityEffect effect in batch.Effects)
        {
            switch (effect)
            {
                case EntitySignal signal:
                    Deliveries.Add(session.SendToEntity(signal.EntityId, signal.Request, now, signal.SignalTime));
                    break;
                case OrchestrationStart start:
                    Start(session, start);
                    break;
            }
        }

        // All entities of a critical section are asked at once, so whichever is locked last tells the owner.
        foreach (EntityLockRequest granted in work.Granted)
        {
            if (session.Entities.CountLocks(granted.Owner.LockId) == granted.Count)
            {
                SendTo(session, granted.Owner, new EntityLockGranted(granted.Owner.TaskId));
            }
        }
    }

    private void Start(StoreSession session, OrchestrationStart start)
    {
        InstanceHandle? existing = session.Find(start.InstanceId);
        if (existing is { IsTerminal: false })
        {
            // A second start of a running instance is dropped.
            return;
        }

        if (existing is { } ended)
        {
            session.Remove(ended.Key);
        }

        Deliveries.Add(session.Create(start.InstanceId, start.Started, now, start.StartAt));
    }

    private void SendTo(StoreSession session, EntityCaller target, HistoryEvent message)
    {
        if (session.TrySend(target.InstanceId, message, target.ExecutionId) is { } delivery)
        {
            Deliveries.Add(delivery);
        }
    }
}
