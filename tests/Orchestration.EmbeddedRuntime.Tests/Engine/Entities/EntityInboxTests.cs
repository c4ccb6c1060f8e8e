using Orchestration.EmbeddedRuntime.Engine.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Entities;

public class EntityInboxTests
{
    private static readonly EntityCaller Owner = new("owner", "e1", 3);
    private long _sequence;

    [Fact]
    public void Operations_are_taken_in_the_order_in_which_they_came_a_bounded_number_at_once()
    {
        var inbox = new EntityInbox(null);
        inbox.Add([Signal("a"), Signal("b"), Signal("c")]);

        Assert.Equal(["a", "b"], Names(inbox.Take(2)));
        Assert.True(inbox.HasWork);
        Assert.Equal(["c"], Names(inbox.Take(2)));
        Assert.True(inbox.IsEmpty);
    }

    [Fact]
    public void Behind_a_lock_request_others_wait_until_the_owner_has_left()
    {
        var inbox = new EntityInbox(null);
        inbox.Add([Signal("before"), Lock(Owner), Signal("waits")]);
        EntityWork locked = inbox.Take(10);
        bool hasWork = inbox.HasWork;
        inbox.Add([Call("owned", Owner), Signal("waits too"), Unlock(Owner)]);

        EntityWork unlocked = inbox.Take(10);

        Assert.Equal(["before"], Names(locked));
        Assert.Equal(Owner, Assert.Single(locked.Granted).Owner);
        Assert.Equal((Owner, false), (locked.Lock, hasWork));
        Assert.Equal(["owned", "waits", "waits too"], Names(unlocked));
        Assert.Null(unlocked.Lock);
    }

    [Fact]
    public void A_call_of_another_execution_of_the_owner_waits_like_any_other()
    {
        var inbox = new EntityInbox(Owner);
        inbox.Add([Call("stale", Owner with { ExecutionId = "e0" })]);

        Assert.False(inbox.HasWork);
    }

    [Fact]
    public void A_lock_that_is_given_up_before_its_turn_is_never_granted_and_both_messages_are_done()
    {
        EntityCaller next = new("next", "e2", 0);
        var inbox = new EntityInbox(Owner);
        inbox.Add([Lock(next), Signal("waits")]);
        inbox.Add([Unlock(next)]);

        EntityWork withdrawn = inbox.Take(10);
        inbox.Add([Unlock(Owner)]);
        EntityWork after = inbox.Take(10);

        Assert.Equal([1, 3], withdrawn.Consumed.Select(message => message.Sequence));
        Assert.Empty(after.Granted);
        Assert.Equal(["waits"], Names(after));
    }

    [Fact]
    public void Draining_gives_everything_back_in_its_order()
    {
        var inbox = new EntityInbox(Owner);
        inbox.Add([Signal("a"), Call("b", Owner), Unlock(new EntityCaller("nobody", "e", 0)), Signal("c")]);

        Assert.Equal([1, 2, 3, 4], inbox.Drain().Select(message => message.Sequence));
        Assert.True(inbox.IsEmpty);
    }

    [Fact]
    public void A_hundred_thousand_waiting_messages_are_moved_a_fixed_number_of_times()
    {
        var inbox = new EntityInbox(Owner);
        foreach (int number in Enumerable.Range(0, 100_000))
        {
            inbox.Add([Signal($"{number}"), Call("owned", Owner)]);
            Assert.Single(inbox.Take(10).Operations);
        }

        inbox.Add([Unlock(Owner)]);

        Assert.Equal(100_000, inbox.Take(int.MaxValue).Operations.Count);
    }

    private static IEnumerable<string> Names(EntityWork work) => work.Operations.Select(operation => operation.Operation);

    private InboxMessage Signal(string name) => Message(new EntityOperationRequest(name, null));

    private InboxMessage Call(string name, EntityCaller caller) => Message(new EntityOperationRequest(name, null, caller with { TaskId = 99 }));

    private InboxMessage Lock(EntityCaller owner) => Message(new EntityLockRequest(owner, 1));

    private InboxMessage Unlock(EntityCaller owner) => Message(new EntityUnlockRequest(owner));

    private InboxMessage Message(EntityMessage message) => new(message, null, ++_sequence);
}
