using System.Collections.Concurrent;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>The mailboxes that are in memory, and the queue of those that have something to do. Safe for concurrent use.</summary>
/// <param name="maxCached">Idle mailboxes beyond this number are dropped; their history is read again when it is needed.</param>
/// <param name="create">Makes the mailbox of a key and an id; told whether the instance begins with the first message.</param>
internal sealed class MailboxTable<TMailbox>(int maxCached, Func<long, string, bool, TMailbox> create)
    where TMailbox : Mailbox
{
    private readonly ConcurrentDictionary<long, TMailbox> _mailboxes = new();
    private readonly WorkQueue<TMailbox> _ready = new();
    private int _count;

    /// <summary>Gives a mailbox that has something to do, each at most once until it is given back.</summary>
    public ValueTask<TMailbox> TakeReadyAsync(CancellationToken cancellation) => _ready.TakeAsync(cancellation);

    /// <summary>How an instance's mailbox stands; null: it is not in memory, because nothing goes on in it.</summary>
    public MailboxState? Look(long key) => _mailboxes.TryGetValue(key, out TMailbox? mailbox) ? mailbox.Look() : null;

    private TMailbox Get(long key, string instanceId, bool isNew = false)
    {
        while (true)
        {
            if (_mailboxes.TryGetValue(key, out TMailbox? mailbox))
            {
                return mailbox;
            }

            mailbox = create(key, instanceId, isNew);
            if (_mailboxes.TryAdd(key, mailbox))
            {
                // Counted here, because the dictionary's own count locks all of it.
                Interlocked.Increment(ref _count);
                return mailbox;
            }
        }
    }

    /// <summary>Adds a message to an instance's mailbox.</summary>
    /// <param name="key">The instance's key.</param>
    /// <param name="instanceId">The instance's id.</param>
    /// <param name="message">The message; null: only asks for a turn over what is there.</param>
    /// <param name="isNew">Whether the instance begins with this message.</param>
    public void Post(long key, string instanceId, InboxMessage? message, bool isNew = false)
    {
        TMailbox mailbox = Get(key, instanceId, isNew);
        bool becameReady;
        while (!mailbox.TryPost(message, out becameReady))
        {
            Remove(mailbox);
            mailbox = Get(key, instanceId, isNew);
        }

        if (becameReady)
        {
            _ready.Add(mailbox);
        }
    }

    /// <summary>Gives a mailbox back after its turn.</summary>
    public void Release(TMailbox mailbox)
    {
        if (mailbox.Release())
        {
            _ready.Add(mailbox);
        }
        else if (_count > maxCached && mailbox.TryUnload())
        {
            Remove(mailbox);
        }
    }

    /// <summary>Gives a mailbox back with messages that have to wait until more comes in.</summary>
    public void PutBack(TMailbox mailbox, IReadOnlyList<InboxMessage> messages)
    {
        if (mailbox.PutBack(messages))
        {
            Post(mailbox.Key, mailbox.InstanceId, null);
        }
    }

    /// <summary>Drops an idle mailbox from memory.</summary>
    public void Forget(long key)
    {
        if (_mailboxes.TryGetValue(key, out TMailbox? mailbox) && mailbox.TryUnload())
        {
            Remove(mailbox);
        }
    }

    /// <summary>Closes the mailbox of an instance that has ended.</summary>
    public void End(TMailbox mailbox)
    {
        mailbox.End();
        Remove(mailbox);
    }

    private void Remove(TMailbox mailbox)
    {
        if (_mailboxes.TryRemove(KeyValuePair.Create(mailbox.Key, mailbox)))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
