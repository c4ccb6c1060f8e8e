using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>The messages that wait for one orchestration instance, and its history between turns.</summary>
/// <param name="key">The instance's key in the store.</param>
/// <param name="instanceId">The instance's id.</param>
/// <param name="isNew">Whether the instance has no history yet, so that there is none to load.</param>
internal sealed class InstanceMailbox(long key, string instanceId, bool isNew) : Mailbox(key, instanceId)
{
    /// <summary>What was committed of the current execution; null: not loaded.</summary>
    public List<HistoryEvent>? History { get; set; } = isNew ? [] : null;

    /// <summary>Turns committed in the current execution.</summary>
    public int Turns { get; set; }
}
