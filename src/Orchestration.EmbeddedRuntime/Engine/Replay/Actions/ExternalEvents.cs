using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Actions;

/// <summary>
/// External events of one execution: kept in order until somebody waits, given to the newest waiter of their name.
/// Used from the orchestrator's thread only.
/// </summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly SortedDictionary<string, Stack<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> _buffered = [];

    public bool HasWaiters => _waiters.Values.Any(stack => stack.Any(waiter => !waiter.IsDone));

    /// <summary>The name of each event that somebody waits for, once for each waiter.</summary>
    public IReadOnlyList<string> Awaited =>
        [.. _waiters.SelectMany(waiters => waiters.Value.Where(waiter => !waiter.IsDone).Select(_ => waiters.Key))];

    /// <summary>Events that nobody has received, oldest first.</summary>
    public IReadOnlyList<EventRaised> Unreceived => _buffered;

    public Task<T> WaitFor<T>(string name, CancellationToken cancellation)
    {
        Stack<Waiter> waiters = LiveWaiters(name);
        if (waiters.TryPeek(out Waiter? other) && other.PayloadType != typeof(T))
        {
            throw new ArgumentException(
                $"The event '{name}' is already awaited as {other.PayloadType}, so it cannot be awaited as {typeof(T)}.", nameof(name));
        }

        var waiter = new Waiter<T>(converter);
        int buffered = _buffered.FindIndex(raised => string.Equals(raised.Name, name, StringComparison.OrdinalIgnoreCase));
        if (cancellation.IsCancellationRequested)
        {
            waiter.Cancel(cancellation);
        }
        else if (buffered >= 0)
        {
            waiter.Receive(_buffered[buffered].Payload);
            _buffered.RemoveAt(buffered);
        }
        else
        {
            waiters.Push(waiter);
            waiter.CancelWith(cancellation);
        }

        return waiter.Task;
    }

    public void Raise(EventRaised raised)
    {
        if (LiveWaiters(raised.Name).TryPop(out Waiter? newest))
        {
            newest.Receive(raised.Payload);
        }
        else
        {
            Buffer(raised);
        }
    }

    /// <summary>Keeps an event although somebody may wait for it: the execution is about to end.</summary>
    public void Buffer(EventRaised raised) => _buffered.Add(raised);

    private Stack<Waiter> LiveWaiters(string name)
    {
        if (!_waiters.TryGetValue(name, out Stack<Waiter>? waiters))
        {
            _waiters[name] = waiters = new Stack<Waiter>();
        }

        while (waiters.TryPeek(out Waiter? newest) && newest.IsDone)
        {
            waiters.Pop();
        }

        return waiters;
    }

    private abstract class Waiter
    {
        public abstract Type PayloadType { get; }

        public abstract bool IsDone { get; }

        public abstract void Receive(string? payload);
    }

    private sealed class Waiter<T>(DataConverter converter) : Waiter
    {
        private readonly TaskCompletionSource<T> _received = new();
        private CancellationTokenRegistration _registration;

        public Task<T> Task => _received.Task;

        public override Type PayloadType => typeof(T);

        public override bool IsDone => _received.Task.IsCompleted;

        public void Cancel(CancellationToken cancellation) => _received.TrySetCanceled(cancellation);

        public void CancelWith(CancellationToken cancellation) =>
            _registration = cancellation.Register(() => Cancel(cancellation), useSynchronizationContext: false);

        public override void Receive(string? payload)
        {
            _registration.Dispose();
            T? value;
            try
            {
                value = converter.Deserialize<T>(payload);
            }
#pragma warning disable CA1031 // Whatever a converter throws about a payload is the waiter's to handle.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _received.TrySetException(exception);
                return;
            }

            // An event without payload gives the default, also to a waiter for a non-nullable type, as on Azure.
            _received.TrySetResult(value!);
        }
    }
}
