using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Removes entities of which nothing is left, and has locks released whose owner does not run any more.</summary>
/// <param name="entities">Those to look at, as they were a moment ago.</param>
/// <param name="removeEmpty">Whether empty ones are removed.</param>
/// <param name="releaseOrphaned">Whether orphaned locks are released.</param>
/// <param name="now">The time, in UTC.</param>
internal sealed class CleanEntities(IReadOnlyList<EntityRecord> entities, bool removeEmpty, bool releaseOrphaned, DateTime now)
    : StoreCommand<(IReadOnlyList<long> Removed, int Released)>
{
    private readonly List<long> _removed = [];
    private int _released;

    /// <summary>The keys of removed entities, and how many locks were released.</summary>
    protected override (IReadOnlyList<long> Removed, int Released) Result => (_removed, _released);

    protected override void Write(StoreSession session)
    {
        _removed.Clear();
        _released = 0;
        foreach (EntityRecord entity in entities)
        {
            if (releaseOrphaned
                && entity is { LockedBy: { } owner, LockId: { } lockId }
                && session.Find(owner) is not { IsTerminal: false }
                && EntityCaller.OfLock(owner, lockId) is { } holder)
            {
                Deliveries.Add(session.SendToEntity(entity.EntityId, new EntityUnlockRequest(holder), now));
                _released++;
            }
            else if (removeEmpty && session.Entities.RemoveEmpty(entity.Key))
            {
                _removed.Add(entity.Key);
            }
        }
    }
}
