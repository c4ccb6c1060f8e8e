using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>What was committed of an instance that has not ended.</summary>
internal sealed record LoadedInstance(IReadOnlyList<HistoryEvent> History, int Turns);

/// <summary>All that is stored of an instance at one moment.</summary>
/// <param name="Instance">Its row, with payloads.</param>
/// <param name="Turns">The history of its current execution, turn by turn.</param>
/// <param name="InboxCount">Messages that no turn has taken.</param>
/// <param name="StartsAt">When its scheduled start becomes visible; null: it has none, or has been started.</param>
internal sealed record StoredInstance(InstanceRecord Instance, IReadOnlyList<IReadOnlyList<HistoryEvent>> Turns, int InboxCount, DateTime? StartsAt);

/// <summary>Work that a restart finds unfinished.</summary>
internal sealed record UnfinishedWork(
    IReadOnlyList<Delivery> Messages,
    IReadOnlyList<OpenAction<TaskScheduled>> Activities,
    IReadOnlyList<OpenAction<TimerCreated>> Timers);

/// <summary>Something that an execution asked for and has had no answer to.</summary>
internal sealed record OpenAction<T>(long Key, string InstanceId, string ExecutionId, T Action)
    where T : ActionEvent;

/// <summary>Reads of committed state, beside the writer. Safe for concurrent use.</summary>
/// <param name="path">The store's file.</param>
/// <param name="open">Opens a connection for reading.</param>
internal sealed partial class StoreReader(string path, Func<SqliteConnection> open) : IDisposable
{
    private const string Columns = "key, instance_id, name, version, status, created_at, updated_at, tags";
    private const string Payloads = "custom_status, input, output, failure";

    private const string GetWithPayloads = $"SELECT {Columns}, {Payloads} FROM instances WHERE instance_id = $id";
    private const string GetWithoutPayloads = $"SELECT {Columns} FROM instances WHERE instance_id = $id";

    private readonly ConcurrentBag<SqliteConnection> _idle = [];

    public InstanceRecord? Get(string instanceId, bool withPayloads) => Read(connection => Get(connection, instanceId, withPayloads));

    /// <summary>Everything about an instance at one moment; null when it does not exist.</summary>
    public StoredInstance? Inspect(string instanceId) => Read(connection =>
    {
        using SqliteTransaction moment = connection.BeginTransaction(deferred: true);
        if (Get(connection, instanceId, withPayloads: true) is not { } instance)
        {
            return null;
        }

        using SqliteCommand inbox = connection.CreateCommand();
        inbox.CommandText = "SELECT count(*), max(visible_at) FROM inbox WHERE instance = $key";
        inbox.Parameters.AddWithValue("$key", instance.Key);
        (int count, DateTime? startsAt) = Rows(inbox, row => (row.GetInt32(0), row.OptionalTime(1))).Single();
        return new StoredInstance(instance, ReadTurns(connection, instance.Key), count, startsAt);
    });

    private static InstanceRecord? Get(SqliteConnection connection, string instanceId, bool withPayloads)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Both are constants.
        command.CommandText = withPayloads ? GetWithPayloads : GetWithoutPayloads;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$id", instanceId);
        return Rows(command, row => ToRecord(row, withPayloads)).SingleOrDefault();
    }

    public IReadOnlyList<InstanceRecord> List(InstanceFilter filter) => Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        var sql = new StringBuilder(filter.WithPayloads
            ? $"SELECT {Columns}, {Payloads} FROM instances WHERE key > $after"
            : $"SELECT {Columns} FROM instances WHERE key > $after");
        command.Parameters.AddWithValue("$after", filter.AfterKey);

        Where("created_at >=", "$createdFrom", filter.CreatedFrom?.Ticks);
        Where("created_at <=", "$createdTo", filter.CreatedTo?.Ticks);
        Where("completed_at >=", "$completedFrom", filter.CompletedFrom?.Ticks);
        Where("completed_at <=", "$completedTo", filter.CompletedTo?.Ticks);
        if (filter.InstanceIdPrefix is { Length: > 0 } prefix)
        {
            // The first condition lets the index narrow the scan; the second is the exact one.
            Where("instance_id >=", "$prefix", prefix);
            sql.Append(" AND substr(instance_id, 1, length($prefix)) = $prefix");
        }

        if (filter.Statuses.Count > 0)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND status IN ({string.Join(',', filter.Statuses.Select(status => (int)status))})");
        }

        sql.Append(" ORDER BY key LIMIT $limit");
        command.Parameters.AddWithValue("$limit", filter.Limit);
#pragma warning disable CA2100 // Built of constants and numbers; values travel as parameters.
        command.CommandText = sql.ToString();
#pragma warning restore CA2100
        return Rows(command, row => ToRecord(row, filter.WithPayloads));

        void Where(string comparison, string parameter, object? value)
        {
            if (value is not null)
            {
                sql.Append(" AND ").Append(comparison).Append(' ').Append(parameter);
                command.Parameters.AddWithValue(parameter, value);
            }
        }
    });

    /// <summary>The history of an instance; null when it does not exist or has ended.</summary>
    public LoadedInstance? Load(long key) => Read(connection =>
    {
        using SqliteCommand find = connection.CreateCommand();
        find.CommandText = "SELECT status FROM instances WHERE key = $key";
        find.Parameters.AddWithValue("$key", key);
        if (find.ExecuteScalar() is not long status || new InstanceHandle(key, (OrchestrationRuntimeStatus)status).IsTerminal)
        {
            return null;
        }

        List<IReadOnlyList<HistoryEvent>> turns = ReadTurns(connection, key);
        return new LoadedInstance([.. turns.SelectMany(turn => turn)], turns.Count);
    });

    /// <summary>Everything that was waiting when the last process ended.</summary>
    public UnfinishedWork FindUnfinished() => Read(connection =>
    {
        using SqliteCommand messages = connection.CreateCommand();
        messages.CommandText = """
            SELECT i.key, i.instance_id, m.execution_id, m.sequence, m.visible_at, m.event
            FROM inbox m JOIN (SELECT key, instance_id FROM instances UNION ALL SELECT key, entity_id FROM entities) i ON i.key = m.instance
            ORDER BY m.sequence
            """;
        using SqliteCommand activities = connection.CreateCommand();
        activities.CommandText = """
            SELECT i.key, i.instance_id, a.execution_id, a.event
            FROM activities a JOIN instances i ON i.key = a.instance ORDER BY i.key, a.task
            """;
        using SqliteCommand timers = connection.CreateCommand();
        timers.CommandText = """
            SELECT i.key, i.instance_id, t.execution_id, t.task, t.fire_at
            FROM timers t JOIN instances i ON i.key = t.instance
            """;
        return new UnfinishedWork(
            Rows(messages, row => new Delivery(
                row.GetInt64(0),
                row.GetString(1),
                new InboxMessage(HistoryCodec.ReadEvent(row.GetFieldValue<byte[]>(5)), row.Text(2), row.GetInt64(3)),
                row.OptionalTime(4))),
            Rows(activities, row => new OpenAction<TaskScheduled>(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                HistoryCodec.ReadEvent(row.GetFieldValue<byte[]>(3)) as TaskScheduled
                    ?? throw new JsonException("Expected a scheduled activity, found another event."))),
            Rows(timers, row => new OpenAction<TimerCreated>(
                row.GetInt64(0), row.GetString(1), row.GetString(2), new TimerCreated(row.GetInt32(3), row.Time(4)))));
    });

    public void Dispose()
    {
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }

    private static List<IReadOnlyList<HistoryEvent>> ReadTurns(SqliteConnection connection, long key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT events FROM history WHERE instance = $key ORDER BY turn";
        command.Parameters.AddWithValue("$key", key);
        return Rows(command, row => HistoryCodec.ReadEvents(row.GetFieldValue<byte[]>(0)));
    }

    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Reads with a connection of its own, which is kept for the next read.</summary>
    private T Read<T>(Func<SqliteConnection, T> read)
    {
        try
        {
#pragma warning disable CA2000 // It goes back to the idle ones, which are disposed with the reader.
            SqliteConnection connection = _idle.TryTake(out SqliteConnection? idle) ? idle : open();
#pragma warning restore CA2000
            try
            {
                return read(connection);
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        catch (SqliteException exception)
        {
            throw StoreException.From(path, "a read failed", exception);
        }
        catch (JsonException exception)
        {
            throw new StoreException(StoreError.Damaged, path, $"a stored event cannot be read: {exception.Message}", exception);
        }
    }

    private static InstanceRecord ToRecord(SqliteDataReader row, bool withPayloads) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        (OrchestrationRuntimeStatus)row.GetInt64(4),
        row.Time(5),
        row.Time(6),
        row.Bytes(7) is { } tags ? HistoryCodec.ReadTags(tags) : null,
        withPayloads ? row.Text(8) : null,
        withPayloads ? row.Text(9) : null,
        withPayloads ? row.Text(10) : null,
        withPayloads && row.Bytes(11) is { } failure ? HistoryCodec.ReadFailure(failure) : null);
}
