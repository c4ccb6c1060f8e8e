using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>The messages that wait for one orchestration instance, and its history between turns.</summary>
/// <param name="key">The instance's key in the store.</param>
/// <param name="instanceId">The instance's id.</param>
/// <param name="isNew">Whether the instance has no history yet, so that there is none to load.</param>
internal sealed class InstanceMailbox(long key, string instanceId, bool isNew) : Mailbox(key, instanceId)
{
    private WarmOrchestrator? _warm;

    /// <summary>What was committed of the current execution; null: not loaded.</summary>
    public List<HistoryEvent>? History { get; set; } = isNew ? [] : null;

    /// <summary>Turns committed in the current execution.</summary>
    public int Turns { get; set; }

    /// <summary>The orchestrator as the last turn left it. It may be dropped by anybody at any time.</summary>
    public WarmOrchestrator? Warm
    {
        set => Volatile.Write(ref _warm, value);
    }

    /// <summary>Takes the orchestrator out; null: there is none, and the next turn replays.</summary>
    public WarmOrchestrator? TakeWarm() => Interlocked.Exchange(ref _warm, null);

    /// <summary>Drops an orchestrator, unless it has been taken or replaced.</summary>
    public bool TryDrop(WarmOrchestrator warm) => Interlocked.CompareExchange(ref _warm, null, warm) == warm;
}
