using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Removes messages that mean nothing to their instance. Should it fail, they are looked at again after a restart.</summary>
internal sealed class DropMessages(long key, IReadOnlyList<long> sequences) : StoreCommand
{
    public override void Committed()
    {
    }

    public override void Failed(StoreException exception)
    {
    }

    protected override void Write(StoreSession session)
    {
        foreach (long sequence in sequences)
        {
            session.RemoveMessage(key, sequence);
        }
    }
}
