using Microsoft.Data.Sqlite;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Payloads;

namespace Orchestration.EmbeddedRuntime.Store.Writing;

/// <summary>The writes of entities, inside the writer's transaction. For the writer's thread.</summary>
/// <param name="prepare">Prepares a statement with so many parameters, and disposes it in the end.</param>
/// <param name="payloads">Takes states that are too large for their rows.</param>
internal sealed class EntityTable(Func<string, int, SqliteStatement> prepare, PayloadTable payloads)
{
    private const int StateColumn = 0;

    private readonly SqliteStatement _find = prepare("SELECT key FROM entities WHERE entity_id = $1", 1);
    private readonly SqliteStatement _add = prepare("INSERT INTO entities (key, entity_id, modified_at) VALUES ($1, $2, $3)", 3);
    private readonly SqliteStatement _touch = prepare("UPDATE entities SET modified_at = $2 WHERE key = $1", 2);
    private readonly SqliteStatement _setState = prepare("UPDATE entities SET state = $2 WHERE key = $1", 2);
    private readonly SqliteStatement _setLock = prepare("UPDATE entities SET lock_id = $2, lock_owner = $3 WHERE key = $1", 3);
    private readonly SqliteStatement _countLocks = prepare("SELECT count(*) FROM entities WHERE lock_id = $1", 1);
    private readonly SqliteStatement _removeEmpty = prepare(
        """
        DELETE FROM entities
        WHERE key = $1 AND state IS NULL AND lock_id IS NULL AND NOT EXISTS (SELECT 1 FROM inbox WHERE instance = $1)
        """,
        1);

    /// <summary>The key of an entity; null when nothing of it is stored.</summary>
    public long? Find(string entityId)
    {
        using SqliteDataReader row = _find.Query(entityId);
        return row.Read() ? row.GetInt64(0) : null;
    }

    public void Add(long key, string entityId, DateTime now) => _add.Execute(key, entityId, now.Ticks);

    /// <summary>Notes that operations ran.</summary>
    public void Touch(long key, DateTime now) => _touch.Execute(key, now.Ticks);

    public void SetState(long key, string? state)
    {
        payloads.Drop(key, PayloadPlace.Instance, StateColumn);
        _setState.Execute(key, payloads.Keep(key, PayloadPlace.Instance, StateColumn, state));
    }

    public void SetLock(long key, EntityCaller? holder) => _setLock.Execute(key, holder?.LockId, holder?.InstanceId);

    /// <summary>How many entities a lock has been granted on.</summary>
    public int CountLocks(string lockId)
    {
        using SqliteDataReader row = _countLocks.Query(lockId);
        return row.Read() ? row.GetInt32(0) : 0;
    }

    /// <summary>Removes an entity of which nothing is left.</summary>
    public bool RemoveEmpty(long key) => _removeEmpty.Execute(key) > 0;
}
