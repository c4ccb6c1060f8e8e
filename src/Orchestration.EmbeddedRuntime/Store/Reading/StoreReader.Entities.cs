using Microsoft.Data.Sqlite;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Store.Reading;

/// <content>Reads of entities.</content>
internal sealed partial class StoreReader
{
    private const string EntityColumns = """
        key, entity_id, modified_at, CASE WHEN $withState THEN state END, state IS NOT NULL, lock_owner, lock_id,
        (SELECT count(*) FROM inbox WHERE instance = key AND (visible_at IS NULL OR visible_at <= $now))
        """;

    /// <summary>The state and lock of an entity; null when nothing of it is stored.</summary>
    public LoadedEntity? LoadEntity(long key) => Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT state, lock_id, lock_owner FROM entities WHERE key = $key";
        command.Parameters.AddWithValue("$key", key);
        return Rows(command, row => new LoadedEntity(
            Text(row, 0), row.Text(1) is { } id && row.Text(2) is { } owner ? EntityCaller.OfLock(owner, id) : null)).SingleOrDefault();
    });

    public EntityRecord? GetEntity(string entityId, bool withState, DateTime now) => Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {EntityColumns} FROM entities WHERE entity_id = $id";
        command.Parameters.AddWithValue("$id", entityId);
        return Entities(command, withState, now).SingleOrDefault();
    });

    public IReadOnlyList<EntityRecord> ListEntities(EntityFilter filter, DateTime now) => Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {EntityColumns} FROM entities
            WHERE key > $after
                AND (state IS NOT NULL OR $transient)
                AND ($from IS NULL OR modified_at >= $from)
                AND ($to IS NULL OR modified_at <= $to)
                AND ($prefix IS NULL OR substr(entity_id, 1, length($prefix)) = $prefix)
            ORDER BY key LIMIT $limit
            """;
        command.Parameters.AddWithValue("$after", filter.AfterKey);
        command.Parameters.AddWithValue("$transient", filter.IncludeTransient);
        command.Parameters.AddWithValue("$from", (object?)filter.ModifiedFrom?.Ticks ?? DBNull.Value);
        command.Parameters.AddWithValue("$to", (object?)filter.ModifiedTo?.Ticks ?? DBNull.Value);
        command.Parameters.AddWithValue("$prefix", (object?)filter.IdPrefix ?? DBNull.Value);
        command.Parameters.AddWithValue("$limit", filter.Limit);
        return Entities(command, filter.WithState, now);
    });

    private List<EntityRecord> Entities(SqliteCommand command, bool withState, DateTime now)
    {
        command.Parameters.AddWithValue("$withState", withState);
        command.Parameters.AddWithValue("$now", now.Ticks);
        return Rows(command, row => new EntityRecord(
            row.GetInt64(0), row.GetString(1), row.Time(2), Text(row, 3), row.GetBoolean(4), row.Text(5), row.Text(6), row.GetInt32(7)));
    }
}
