using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>What an entity is to do next.</summary>
/// <param name="Consumed">The messages that are done with it.</param>
/// <param name="Operations">In the order in which they are to run.</param>
/// <param name="Granted">Lock requests whose turn has come.</param>
/// <param name="Lock">Who has the entity locked after all this; null: nobody.</param>
internal sealed record EntityWork(
    IReadOnlyList<InboxMessage> Consumed,
    IReadOnlyList<EntityOperationRequest> Operations,
    IReadOnlyList<EntityLockRequest> Granted,
    EntityCaller? Lock);

/// <summary>
/// The order in which an entity's messages are dealt with: as they came, but while it is locked only those of the lock's owner.
/// Each message is moved a fixed number of times, however many wait.
/// </summary>
/// <param name="holder">Who has the entity locked; null: nobody.</param>
internal sealed class EntityInbox(EntityCaller? holder)
{
    private readonly Queue<InboxMessage> _owners = new();
    private readonly List<InboxMessage> _settled = [];
    private Queue<InboxMessage> _others = new();

    /// <summary>Who has the entity locked; null: nobody.</summary>
    public EntityCaller? Lock { get; private set; } = holder;

    public bool IsEmpty => _owners.Count == 0 && _others.Count == 0 && _settled.Count == 0;

    /// <summary>Whether something can be done now.</summary>
    public bool HasWork => _settled.Count > 0 || (Lock is null ? _others.Count : _owners.Count) > 0;

    /// <summary>Adds messages that have come in, oldest first.</summary>
    public void Add(IEnumerable<InboxMessage> messages)
    {
        foreach (InboxMessage message in messages)
        {
            switch (message.Event)
            {
                case EntityOperationRequest { Caller: { } caller } when Lock?.IsSameExecution(caller) == true:
                case EntityUnlockRequest unlock when unlock.Owner == Lock:
                    _owners.Enqueue(message);
                    break;
                case EntityUnlockRequest unlock:
                    Withdraw(unlock.Owner);
                    _settled.Add(message);
                    break;
                default:
                    _others.Enqueue(message);
                    break;
            }
        }
    }

    /// <summary>Takes what can be done now.</summary>
    /// <param name="most">The most operations to take.</param>
    public EntityWork Take(int most)
    {
        List<InboxMessage> consumed = [.. _settled];
        _settled.Clear();
        var operations = new List<EntityOperationRequest>();
        var granted = new List<EntityLockRequest>();
        while (operations.Count < most && (Lock is null ? _others : _owners).TryDequeue(out InboxMessage? next))
        {
            consumed.Add(next);
            switch (next.Event)
            {
                case EntityOperationRequest operation:
                    operations.Add(operation);
                    break;
                case EntityLockRequest request:
                    Lock = request.Owner;
                    granted.Add(request);
                    break;
                case EntityUnlockRequest:
                    Lock = null;
                    break;
            }
        }

        return new EntityWork(consumed, operations, granted, Lock);
    }

    /// <summary>Empties the inbox.</summary>
    /// <returns>What was in it, oldest first.</returns>
    public IReadOnlyList<InboxMessage> Drain()
    {
        InboxMessage[] all = [.. _settled.Concat(_owners).Concat(_others).OrderBy(message => message.Sequence)];
        _settled.Clear();
        _owners.Clear();
        _others.Clear();
        return all;
    }

    /// <summary>Drops the request for a lock that is not wanted any more.</summary>
    private void Withdraw(EntityCaller owner)
    {
        _settled.AddRange(_others.Where(IsItsRequest));
        _others = new Queue<InboxMessage>(_others.Where(message => !IsItsRequest(message)));

        bool IsItsRequest(InboxMessage message) => message.Event is EntityLockRequest request && request.Owner == owner;
    }
}
