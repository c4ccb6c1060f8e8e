using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>A turn that could not be run or stored.</summary>
/// <param name="Exception">What went wrong.</param>
/// <param name="At">When.</param>
/// <param name="Count">How often in a row.</param>
/// <param name="NextAttempt">When it is tried again, unless something new comes in before; null: only then.</param>
internal sealed record TurnFailure(Exception Exception, DateTime At, int Count, DateTime? NextAttempt);

/// <summary>A mailbox as others may see it.</summary>
/// <param name="WaitingMessages">Messages that no turn has taken.</param>
/// <param name="IsReady">Whether it waits for a turn.</param>
/// <param name="TakenSince">Since when a turn has been running or waiting to be stored; null: none is.</param>
/// <param name="Failure">How its last turn failed; null: it did not.</param>
internal sealed record MailboxState(int WaitingMessages, bool IsReady, DateTime? TakenSince, TurnFailure? Failure);

/// <summary>
/// The messages that wait for one instance or entity. Posting is safe from any thread; what derived classes keep between turns belongs
/// to whoever has taken the mailbox, and only one at a time has.
/// </summary>
/// <param name="key">The instance's key in the store.</param>
/// <param name="instanceId">The instance's id.</param>
internal abstract class Mailbox(long key, string instanceId)
{
    private readonly Lock _lock = new();
    private List<InboxMessage> _messages = [];
    private State _state;
    private DateTime _takenSince;

    private enum State
    {
        Idle,
        Ready,
        Taken,
        Closed,
    }

    public long Key { get; } = key;

    public string InstanceId { get; } = instanceId;

    /// <summary>How the last turn failed; null: it did not. Safe to read from any thread.</summary>
    public TurnFailure? Failure { get; set; }

    /// <summary>Whether there is something to do with messages that an earlier turn has left.</summary>
    protected virtual bool HasRest => false;

    /// <summary>Whether nothing is lost with what is kept between turns.</summary>
    protected virtual bool CanUnload => true;

    /// <summary>Adds a message.</summary>
    /// <param name="message">The message; null: only asks for a turn over what is there.</param>
    /// <param name="becameReady">Whether the caller has to put the mailbox into the queue of ready ones.</param>
    /// <returns>False when the mailbox is closed: the message belongs into a new one.</returns>
    public bool TryPost(InboxMessage? message, out bool becameReady)
    {
        lock (_lock)
        {
            becameReady = _state == State.Idle;
            if (_state == State.Closed)
            {
                return false;
            }

            if (message is not null)
            {
                _messages.Add(message);
            }

            if (becameReady)
            {
                _state = State.Ready;
            }

            return true;
        }
    }

    /// <summary>How things stand. Safe from any thread.</summary>
    public MailboxState Look()
    {
        lock (_lock)
        {
            return new MailboxState(_messages.Count, _state == State.Ready, _state == State.Taken ? _takenSince : null, Failure);
        }
    }

    /// <summary>Takes the mailbox with all that waits in it.</summary>
    public IReadOnlyList<InboxMessage> Take(DateTime now)
    {
        lock (_lock)
        {
            List<InboxMessage> taken = _messages;
            _messages = [];
            _state = State.Taken;
            _takenSince = now;
            return taken;
        }
    }

    /// <summary>Gives the mailbox back.</summary>
    /// <returns>Whether more has come in meanwhile and the caller has to put the mailbox into the queue of ready ones.</returns>
    public bool Release()
    {
        lock (_lock)
        {
            _state = _messages.Count > 0 || HasRest ? State.Ready : State.Idle;
            return _state == State.Ready;
        }
    }

    /// <summary>Gives the mailbox back with messages that could not be dealt with, ahead of newer ones; the next post makes it ready.</summary>
    /// <returns>Whether more has come in meanwhile, with which the caller may want to try again at once.</returns>
    public bool PutBack(IReadOnlyList<InboxMessage> messages)
    {
        lock (_lock)
        {
            bool hasNewer = _messages.Count > 0;
            _messages.InsertRange(0, messages);
            _state = State.Idle;
            return hasNewer;
        }
    }

    /// <summary>Closes an ended instance's mailbox for good.</summary>
    public void End()
    {
        lock (_lock)
        {
            _state = State.Closed;
        }
    }

    /// <summary>Closes the mailbox to free its memory, when nothing is going on in it.</summary>
    public bool TryUnload()
    {
        lock (_lock)
        {
            if (_state != State.Idle || _messages.Count > 0 || !CanUnload)
            {
                return false;
            }

            _state = State.Closed;
            return true;
        }
    }
}
