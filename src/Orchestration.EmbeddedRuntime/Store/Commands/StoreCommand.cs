using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Writes that are stored together or not at all. The writer puts many of them into one transaction.</summary>
internal abstract class StoreCommand
{
    /// <summary>Messages to hand over once the command is committed.</summary>
    public List<Delivery> Deliveries { get; } = [];

    /// <summary>Writes inside the writer's transaction. It may run again when a transaction fails.</summary>
    public void Apply(StoreSession session)
    {
        Deliveries.Clear();
        Write(session);
    }

    /// <summary>Runs after the commit, in the order of commits, on one thread at a time.</summary>
    public abstract void Committed();

    /// <summary>Runs in place of <see cref="Committed"/> when nothing was stored.</summary>
    public abstract void Failed(StoreException exception);

    protected abstract void Write(StoreSession session);
}

/// <summary>A command that somebody waits for.</summary>
internal abstract class StoreCommand<T> : StoreCommand
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the command is durable and what it sent has been handed over.</summary>
    public Task<T> Done => _done.Task;

    protected abstract T Result { get; }

    public override void Committed() => _done.TrySetResult(Result);

    public override void Failed(StoreException exception) => _done.TrySetException(exception);
}
