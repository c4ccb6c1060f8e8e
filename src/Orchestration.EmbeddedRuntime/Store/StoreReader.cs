using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>What was committed of an instance that has not ended.</summary>
internal sealed record LoadedInstance(IReadOnlyList<HistoryEvent> History, int Turns);

/// <summary>Work that a restart finds unfinished.</summary>
internal sealed record UnfinishedWork(
    IReadOnlyList<Delivery> Messages,
    IReadOnlyList<(long Key, string InstanceId, string ExecutionId, TaskScheduled Call)> Activities,
    IReadOnlyList<(long Key, string InstanceId, string ExecutionId, TimerCreated Timer)> Timers);

/// <summary>Reads of committed state, beside the writer. Safe for concurrent use.</summary>
internal sealed class StoreReader(Func<SqliteConnection> open) : IDisposable
{
    private const string Columns = "key, instance_id, name, version, status, created_at, updated_at, tags";
    private const string Payloads = "custom_status, input, output, failure";

    private const string GetWithPayloads = $"SELECT {Columns}, {Payloads} FROM instances WHERE instance_id = $id";
    private const string GetWithoutPayloads = $"SELECT {Columns} FROM instances WHERE instance_id = $id";

    private readonly ConcurrentBag<SqliteConnection> _idle = [];

    public InstanceRecord? Get(string instanceId, bool withPayloads)
    {
        using var lease = new Lease(this);
        using SqliteCommand command = lease.Connection.CreateCommand();
#pragma warning disable CA2100 // Both are constants.
        command.CommandText = withPayloads ? GetWithPayloads : GetWithoutPayloads;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$id", instanceId);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? ToRecord(row, withPayloads) : null;
    }

    public IReadOnlyList<InstanceRecord> List(InstanceFilter filter)
    {
        using var lease = new Lease(this);
        using SqliteCommand command = lease.Connection.CreateCommand();
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

        var records = new List<InstanceRecord>();
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            records.Add(ToRecord(rows, filter.WithPayloads));
        }

        return records;

        void Where(string comparison, string parameter, object? value)
        {
            if (value is not null)
            {
                sql.Append(" AND ").Append(comparison).Append(' ').Append(parameter);
                command.Parameters.AddWithValue(parameter, value);
            }
        }
    }

    /// <summary>The history of an instance; null when it does not exist or has ended.</summary>
    public LoadedInstance? Load(long key)
    {
        using var lease = new Lease(this);
        using SqliteCommand find = lease.Connection.CreateCommand();
        find.CommandText = "SELECT status FROM instances WHERE key = $key";
        find.Parameters.AddWithValue("$key", key);
        if (find.ExecuteScalar() is not long status || new InstanceHandle(key, (OrchestrationRuntimeStatus)status).IsTerminal)
        {
            return null;
        }

        using SqliteCommand command = lease.Connection.CreateCommand();
        command.CommandText = "SELECT events FROM history WHERE instance = $key ORDER BY turn";
        command.Parameters.AddWithValue("$key", key);
        var history = new List<HistoryEvent>();
        int turns = 0;
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            history.AddRange(HistoryCodec.ReadEvents(rows.GetFieldValue<byte[]>(0)));
            turns++;
        }

        return new LoadedInstance(history, turns);
    }

    /// <summary>Everything that was waiting when the last process ended.</summary>
    public UnfinishedWork FindUnfinished()
    {
        using var lease = new Lease(this);
        var messages = Read(
            lease.Connection,
            """
            SELECT i.key, i.instance_id, m.execution_id, m.sequence, m.visible_at, m.event
            FROM inbox m JOIN instances i ON i.key = m.instance ORDER BY m.sequence
            """,
            row => new Delivery(
                row.GetInt64(0),
                row.GetString(1),
                new InboxMessage(HistoryCodec.ReadEvent(row.GetFieldValue<byte[]>(5)), row.Text(2), row.GetInt64(3)),
                row.OptionalTime(4)));
        var activities = Read(
            lease.Connection,
            """
            SELECT i.key, i.instance_id, a.execution_id, a.event
            FROM activities a JOIN instances i ON i.key = a.instance ORDER BY i.key, a.task
            """,
            row => (row.GetInt64(0), row.GetString(1), row.GetString(2), Call: HistoryCodec.ReadEvent(row.GetFieldValue<byte[]>(3)) as TaskScheduled));
        var timers = Read(
            lease.Connection,
            """
            SELECT i.key, i.instance_id, t.execution_id, t.task, t.fire_at
            FROM timers t JOIN instances i ON i.key = t.instance
            """,
            row => (row.GetInt64(0), row.GetString(1), row.GetString(2), new TimerCreated(row.GetInt32(3), row.Time(4))));

        return new UnfinishedWork(
            messages,
            [.. activities.Where(activity => activity.Call is not null).Select(activity => (activity.Item1, activity.Item2, activity.Item3, activity.Call!))],
            timers);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The callers' texts are constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        var rows = new List<T>();
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
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

    /// <summary>A connection for one read, given back afterwards.</summary>
    private readonly ref struct Lease(StoreReader reader)
    {
        public SqliteConnection Connection { get; } = reader._idle.TryTake(out SqliteConnection? idle) ? idle : reader.Open();

        public void Dispose() => reader._idle.Add(Connection);
    }

    private SqliteConnection Open() => open();
}
