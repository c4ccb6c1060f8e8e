using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Payloads;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Reading;

/// <summary>What was committed of an instance that has not ended.</summary>
internal sealed record LoadedInstance(IReadOnlyList<HistoryEvent> History, int Turns);

/// <summary>All that is stored of an instance at one moment.</summary>
/// <param name="Instance">Its row, with payloads.</param>
/// <param name="Turns">The history of its current execution, turn by turn.</param>
/// <param name="InboxCount">Messages that no turn has taken.</param>
/// <param name="StartsAt">When its scheduled start becomes visible; null: it has none, or has been started.</param>
internal sealed record StoredInstance(InstanceRecord Instance, IReadOnlyList<IReadOnlyList<HistoryEvent>> Turns, int InboxCount, DateTime? StartsAt);

/// <summary>Work that a restart finds unfinished.</summary>
/// <param name="Messages">What no turn has taken, in the order in which it was sent.</param>
/// <param name="Activities">Calls without an answer.</param>
/// <param name="Timers">Timers that have not fired.</param>
/// <param name="Unreadable">
/// What cannot be read, by the id of the instance or entity. It stays in the store; among the messages an <see cref="UnreadableMessage"/>
/// stands for one to an instance.
/// </param>
internal sealed record UnfinishedWork(
    IReadOnlyList<Delivery> Messages,
    IReadOnlyList<OpenAction<TaskScheduled>> Activities,
    IReadOnlyList<OpenAction<TimerCreated>> Timers,
    IReadOnlyList<(string Id, string Reason)> Unreadable);

/// <summary>Something that an execution asked for and has had no answer to.</summary>
internal sealed record OpenAction<T>(long Key, string InstanceId, string ExecutionId, T Action)
    where T : ActionEvent;

/// <summary>Reads of committed state, beside the writer. Safe for concurrent use.</summary>
/// <param name="path">The store's file.</param>
/// <param name="open">Opens a connection for reading.</param>
/// <param name="files">Holds the values that are too large for their rows.</param>
internal sealed partial class StoreReader(string path, Func<SqliteConnection> open, PayloadFiles files) : IDisposable
{
    private const string Columns = "key, instance_id, name, version, status, created_at, updated_at, completed_at, tags";
    private const string Payloads = "custom_status, input, output, failure";

    private const string GetWithPayloads = $"SELECT {Columns}, {Payloads} FROM instances WHERE instance_id = $id";
    private const string GetWithoutPayloads = $"SELECT {Columns} FROM instances WHERE instance_id = $id";

    private const int Attempts = 3;

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

    private InstanceRecord? Get(SqliteConnection connection, string instanceId, bool withPayloads)
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
#pragma warning disable CA2100 // Built of constants and numbers; values travel as parameters.
        command.CommandText = InstanceListing.Write(command, filter.WithPayloads ? $"{Columns}, {Payloads}" : Columns, filter);
#pragma warning restore CA2100
        return Rows(command, row => ToRecord(row, filter.WithPayloads));
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
            SELECT m.instance, coalesce(i.instance_id, e.entity_id), m.execution_id, m.sequence, m.visible_at, m.event, e.key IS NOT NULL
            FROM inbox m LEFT JOIN instances i ON i.key = m.instance LEFT JOIN entities e ON e.key = m.instance
            WHERE i.key IS NOT NULL OR e.key IS NOT NULL ORDER BY m.sequence
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
        var unreadable = new List<(string, string)>();
        return new UnfinishedWork(
            [
                .. Rows(messages, row => (IsToEntity: row.GetBoolean(6), Delivery: new Delivery(
                    row.GetInt64(0),
                    row.GetString(1),
                    new InboxMessage(ReadEvent(row, 5, row.GetString(1)), row.Text(2), row.GetInt64(3)),
                    row.OptionalTime(4))))
                    // An entity goes on without it; an instance would wait for ever for what it has missed, and nobody would know why.
                    .Where(message => !message.IsToEntity || message.Delivery.Message.Event is not UnreadableMessage)
                    .Select(message => message.Delivery),
            ],
            [
                .. Rows(activities, row =>
                    ReadEvent(row, 3, row.GetString(1)) is TaskScheduled call
                        ? new OpenAction<TaskScheduled>(row.GetInt64(0), row.GetString(1), row.GetString(2), call)
                        : null).OfType<OpenAction<TaskScheduled>>(),
            ],
            Rows(timers, row => new OpenAction<TimerCreated>(
                row.GetInt64(0), row.GetString(1), row.GetString(2), new TimerCreated(row.GetInt32(3), row.Time(4)))),
            unreadable);

        HistoryEvent ReadEvent(SqliteDataReader row, int column, string id)
        {
            try
            {
                return HistoryCodec.ReadEvent(Value(row, column));
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException or IOException or UnauthorizedAccessException or StoreException)
            {
                unreadable.Add((id, exception.Message));
                return new UnreadableMessage(exception.Message);
            }
        }
    });

    /// <summary>How many turns an instance has, whatever is in them.</summary>
    public int CountTurns(long key) => Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM history WHERE instance = $key";
        command.Parameters.AddWithValue("$key", key);
        return Rows(command, row => row.GetInt32(0)).Single();
    });

    public void Dispose()
    {
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }

    private List<IReadOnlyList<HistoryEvent>> ReadTurns(SqliteConnection connection, long key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT events FROM history WHERE instance = $key ORDER BY turn";
        command.Parameters.AddWithValue("$key", key);
        return Rows(command, row => HistoryCodec.ReadEvents(Value(row, 0)));
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
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ReadOnce(read);
            }
            catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // What was read may have been removed, and its file with it, while it was being read: then it is not found again.
                if (attempt == Attempts)
                {
                    throw new StoreException(StoreError.Damaged, path, $"a payload is missing: {exception.Message}", exception);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StoreException(StoreError.Unavailable, path, $"a payload cannot be read: {exception.Message}", exception);
            }
        }
    }

    private T ReadOnce<T>(Func<SqliteConnection, T> read)
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

    private InstanceRecord ToRecord(SqliteDataReader row, bool withPayloads) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        (OrchestrationRuntimeStatus)row.GetInt64(4),
        row.Time(5),
        row.Time(6),
        row.OptionalTime(7),
        row.Bytes(8) is { } tags ? HistoryCodec.ReadTags(tags) : null,
        withPayloads ? Text(row, 9) : null,
        withPayloads ? Text(row, 10) : null,
        withPayloads ? Text(row, 11) : null,
        withPayloads && !row.IsDBNull(12) ? HistoryCodec.ReadFailure(Value(row, 12)) : null);

    private byte[] Value(SqliteDataReader row, int column) => files.Resolve(row.GetFieldValue<byte[]>(column));

    /// <summary>A text column, in which a reference to a file is a blob.</summary>
    private string? Text(SqliteDataReader row, int column) =>
        !row.IsDBNull(column) && row.GetFieldType(column) == typeof(byte[]) ? Encoding.UTF8.GetString(Value(row, column)) : row.Text(column);
}
