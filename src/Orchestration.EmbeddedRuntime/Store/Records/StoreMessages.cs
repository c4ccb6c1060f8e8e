using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Store.Records;

/// <summary>A message to an instance.</summary>
/// <param name="Event">What it says.</param>
/// <param name="ExecutionId">The only execution it is meant for; null: whichever is current.</param>
/// <param name="Sequence">Its place in the inbox; null for answers that are stored only with the turn that takes them.</param>
internal sealed record InboxMessage(HistoryEvent Event, string? ExecutionId, long? Sequence);

/// <summary>
/// Stands for a stored message that cannot be read: it is damaged, or of a newer build. It is never stored itself.
/// </summary>
internal sealed record UnreadableMessage(string Reason) : HistoryEvent;

/// <summary>A message that was stored and is now to be handed over.</summary>
/// <param name="Key">The instance's key.</param>
/// <param name="InstanceId">The instance's id.</param>
/// <param name="Message">The message.</param>
/// <param name="VisibleAt">Not before this time; null: now.</param>
/// <param name="IsNewInstance">Whether the instance begins with this message, so that it has no history to load.</param>
internal sealed record Delivery(long Key, string InstanceId, InboxMessage Message, DateTime? VisibleAt = null, bool IsNewInstance = false);
