using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>The messages that wait for one entity, and its state between turns.</summary>
/// <param name="key">The entity's key in the store.</param>
/// <param name="entityId">As <c>@name@key</c>.</param>
/// <param name="isNew">Whether nothing is stored of the entity but its first message.</param>
internal sealed class EntityMailbox(long key, string entityId, bool isNew) : Mailbox(key, entityId)
{
    /// <summary>Whether there is nothing to load.</summary>
    public bool IsNew { get; private set; } = isNew;

    /// <summary>What is committed, and what a turn changes of it; null: not loaded.</summary>
    public EntityState? State { get; set; }

    /// <summary>Messages that turns have taken and not dealt with; null: not loaded.</summary>
    public EntityInbox? Inbox { get; set; }

    protected override bool HasRest => Inbox?.HasWork == true;

    protected override bool CanUnload => Inbox?.IsEmpty != false;

    /// <summary>Forgets what a turn that was not stored has changed.</summary>
    /// <returns>The messages that had not been dealt with, oldest first.</returns>
    public IReadOnlyList<InboxMessage> Reset()
    {
        IReadOnlyList<InboxMessage> rest = Inbox?.Drain() ?? [];
        State = null;
        Inbox = null;
        IsNew = false;
        return rest;
    }
}
