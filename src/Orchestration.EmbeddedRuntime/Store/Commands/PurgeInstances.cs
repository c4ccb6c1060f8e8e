using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Removes ended instances, and their ended descendants where asked. Others are passed over.</summary>
internal sealed class PurgeInstances(IReadOnlyList<string> instanceIds, bool recursive) : StoreCommand<int>
{
    private int _purged;

    /// <summary>How many instances were removed.</summary>
    protected override int Result => _purged;

    protected override void Write(StoreSession session)
    {
        _purged = 0;
        var seen = new HashSet<string>(instanceIds);
        var waiting = new Queue<string>(instanceIds);
        while (waiting.TryDequeue(out string? instanceId))
        {
            if (session.Find(instanceId) is not { IsTerminal: true } ended)
            {
                continue;
            }

            if (recursive)
            {
                foreach (string child in session.ChildrenOf(instanceId).Where(seen.Add))
                {
                    waiting.Enqueue(child);
                }
            }

            session.Remove(ended.Key);
            _purged++;
        }
    }
}
