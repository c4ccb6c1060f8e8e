using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Puts a message into the inbox of an entity, which begins to exist with it.</summary>
/// <param name="entityId">As <c>@name@key</c>.</param>
/// <param name="message">The message.</param>
/// <param name="now">The time, in UTC.</param>
/// <param name="visibleAt">When the entity gets it; null: now.</param>
internal sealed class SignalEntity(string entityId, EntityMessage message, DateTime now, DateTime? visibleAt) : StoreCommand<bool>
{
    protected override bool Result => true;

    protected override void Write(StoreSession session) => Deliveries.Add(session.SendToEntity(entityId, message, now, visibleAt));
}
