using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Puts a message into the inbox of an instance; nothing happens when it does not exist or has ended.</summary>
internal sealed class SendMessage(string instanceId, HistoryEvent message) : StoreCommand<bool>
{
    private bool _sent;

    /// <summary>Whether somebody is there to receive it.</summary>
    protected override bool Result => _sent;

    protected override void Write(StoreSession session)
    {
        Delivery? delivery = session.TrySend(instanceId, message, null);
        _sent = delivery is not null;
        if (delivery is not null)
        {
            Deliveries.Add(delivery);
        }
    }
}
