using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store.Payloads;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Store.Writing;

/// <summary>An instance as a message finds it.</summary>
internal readonly record struct InstanceHandle(long Key, OrchestrationRuntimeStatus Status)
{
    public bool IsTerminal => Status
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}

/// <summary>The writes that store commands are made of, inside the writer's transaction. For the writer's thread.</summary>
internal sealed class StoreSession : IDisposable
{
    private const int InputColumn = 0;
    private const int OutputColumn = 1;
    private const int CustomStatusColumn = 2;
    private const int FailureColumn = 3;

    private readonly List<SqliteStatement> _statements = [];
#pragma warning disable CA2213 // Disposed through _statements.
    private readonly SqliteStatement _findInstance;
    private readonly SqliteStatement _addInstance;
    private readonly SqliteStatement _touchInstance;
    private readonly SqliteStatement _setCustomStatus;
    private readonly SqliteStatement _renewInstance;
    private readonly SqliteStatement _endInstance;
    private readonly SqliteStatement _reopenInstance;
    private readonly SqliteStatement _addTurn;
    private readonly SqliteStatement _addMessage;
    private readonly SqliteStatement _removeMessage;
    private readonly SqliteStatement _addActivity;
    private readonly SqliteStatement _removeActivity;
    private readonly SqliteStatement _addTimer;
    private readonly SqliteStatement _removeTimer;
    private readonly SqliteStatement[] _removeWork;
    private readonly SqliteStatement _removeHistory;
    private readonly SqliteStatement _removeInstance;
    private readonly SqliteStatement _findChildren;
#pragma warning restore CA2213
    private long _lastKey;
    private long _lastSequence;

    public StoreSession(SqliteConnection connection, PayloadFiles files)
    {
        // Instances and entities share the keys, because they share the inbox.
        _lastKey = connection.Scalar<long>("SELECT max((SELECT coalesce(max(key), 0) FROM instances), (SELECT coalesce(max(key), 0) FROM entities))");
        _lastSequence = connection.Scalar<long>("SELECT coalesce(max(sequence), 0) FROM inbox");

        _findInstance = Prepare("SELECT key, status FROM instances WHERE instance_id = $1", 1);
        _addInstance = Prepare(
            """
            INSERT INTO instances (key, instance_id, name, version, status, created_at, updated_at, parent_instance_id, tags, input)
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)
            """,
            9);
        _touchInstance = Prepare("UPDATE instances SET status = $2, updated_at = $3 WHERE key = $1", 3);
        _setCustomStatus = Prepare("UPDATE instances SET custom_status = $2 WHERE key = $1", 2);
        _renewInstance = Prepare("UPDATE instances SET input = $2, version = $3 WHERE key = $1", 3);
        _endInstance = Prepare(
            "UPDATE instances SET status = $2, updated_at = $3, completed_at = $3, output = $4, failure = $5 WHERE key = $1", 5);
        _reopenInstance = Prepare(
            "UPDATE instances SET status = $2, updated_at = $3, completed_at = NULL, output = NULL, failure = NULL WHERE key = $1", 3);
        _addTurn = Prepare("INSERT INTO history (instance, turn, events) VALUES ($1, $2, $3)", 3);
        _addMessage = Prepare("INSERT INTO inbox (instance, sequence, execution_id, visible_at, event) VALUES ($1, $2, $3, $4, $5)", 5);
        _removeMessage = Prepare("DELETE FROM inbox WHERE instance = $1 AND sequence = $2", 2);
        _addActivity = Prepare("INSERT INTO activities (instance, task, execution_id, event) VALUES ($1, $2, $3, $4)", 4);
        _removeActivity = Prepare("DELETE FROM activities WHERE instance = $1 AND task = $2", 2);
        _addTimer = Prepare("INSERT INTO timers (instance, task, execution_id, fire_at) VALUES ($1, $2, $3, $4)", 4);
        _removeTimer = Prepare("DELETE FROM timers WHERE instance = $1 AND task = $2", 2);
        _removeWork =
        [
            Prepare("DELETE FROM inbox WHERE instance = $1", 1),
            Prepare("DELETE FROM activities WHERE instance = $1", 1),
            Prepare("DELETE FROM timers WHERE instance = $1", 1),
        ];
        _removeHistory = Prepare("DELETE FROM history WHERE instance = $1", 1);
        _removeInstance = Prepare("DELETE FROM instances WHERE key = $1", 1);
        _findChildren = Prepare("SELECT instance_id FROM instances WHERE parent_instance_id = $1", 1);

        Payloads = new PayloadTable(connection, Prepare, files);
        Entities = new EntityTable(Prepare, Payloads);

        SqliteStatement Prepare(string sql, int parameters)
        {
            var statement = new SqliteStatement(connection, sql, parameters);
            _statements.Add(statement);
            return statement;
        }
    }

    public PayloadTable Payloads { get; }

    public EntityTable Entities { get; }

    public InstanceHandle? Find(string instanceId)
    {
        using SqliteDataReader row = _findInstance.Query(instanceId);
        return row.Read() ? new InstanceHandle(row.GetInt64(0), (OrchestrationRuntimeStatus)row.GetInt64(1)) : null;
    }

    /// <summary>Adds a pending instance under a new key, and its start as the first message.</summary>
    public Delivery Create(string instanceId, ExecutionStarted started, DateTime now, DateTime? startAt)
    {
        long key = ++_lastKey;
        _addInstance.Execute(
            key,
            instanceId,
            started.Name,
            started.Version,
            (long)OrchestrationRuntimeStatus.Pending,
            now.Ticks,
            started.Parent?.InstanceId,
            started.Tags is { Count: > 0 } tags ? HistoryCodec.WriteTags(tags) : null,
            Payloads.Keep(key, PayloadPlace.Instance, InputColumn, started.Input));
        return Send(key, instanceId, started, null, startAt) with { IsNewInstance = true };
    }

    /// <summary>
    /// Starts a sub-orchestration, replacing an ended instance of its id. Where one of that id runs, the parent is told that it failed:
    /// it would wait for ever otherwise.
    /// </summary>
    /// <param name="parentKey">The parent.</param>
    /// <param name="child">The call.</param>
    /// <param name="parent">Where the answer goes.</param>
    /// <param name="starter">The parent's execution, whose trace the child continues.</param>
    /// <param name="now">The time.</param>
    public Delivery StartChild(long parentKey, SubOrchestrationCreated child, ParentLink parent, ExecutionStarted? starter, DateTime now)
    {
        InstanceHandle? existing = Find(child.InstanceId);
        if (existing is { IsTerminal: false })
        {
            var failure = FailureCode.Failure(
                FailureCode.InstanceExists,
                $"The sub-orchestration cannot start: an instance with the id '{child.InstanceId}' is {existing.Value.Status}.");
            return Send(parentKey, parent.InstanceId, new SubOrchestrationFailed(child.TaskId, failure), parent.ExecutionId);
        }

        if (existing is { } ended)
        {
            Remove(ended.Key);
        }

        var started = new ExecutionStarted(child.Name, child.Version, child.Input, Guid.NewGuid().ToString("N"), child.Tags, parent)
        {
            TraceParent = starter is null ? null : DurableSpans.ContextOf(starter, child.TaskId),
            TraceState = starter?.TraceState,
        };
        return Create(child.InstanceId, started, now, null);
    }

    /// <summary>Puts a message into an instance's inbox.</summary>
    public Delivery Send(long key, string instanceId, HistoryEvent message, string? executionId, DateTime? visibleAt = null)
    {
        long sequence = ++_lastSequence;
        _addMessage.Execute(key, sequence, executionId, visibleAt?.Ticks, Payloads.Keep(key, PayloadPlace.Inbox, sequence, HistoryCodec.WriteEvent(message)));
        return new Delivery(key, instanceId, new InboxMessage(message, executionId, sequence), visibleAt);
    }

    /// <summary>Sends a message to an instance; null, and nothing is sent, when there is none or it has ended.</summary>
    public Delivery? TrySend(string instanceId, HistoryEvent message, string? executionId) =>
        Find(instanceId) is { IsTerminal: false } receiver ? Send(receiver.Key, instanceId, message, executionId) : null;

    /// <summary>Sends a message to an entity, which begins to exist with it.</summary>
    public Delivery SendToEntity(string entityId, EntityMessage message, DateTime now, DateTime? visibleAt = null)
    {
        long? found = Entities.Find(entityId);
        long key = found ?? ++_lastKey;
        if (found is null)
        {
            Entities.Add(key, entityId, now);
        }

        return Send(key, entityId, message, null, visibleAt) with { IsNewInstance = found is null };
    }

    public void RemoveMessage(long key, long sequence)
    {
        _removeMessage.Execute(key, sequence);
        Payloads.Drop(key, PayloadPlace.Inbox, sequence);
    }

    public void AddTurn(long key, int turn, IReadOnlyList<HistoryEvent> events) =>
        _addTurn.Execute(key, turn, Payloads.Keep(key, PayloadPlace.History, turn, HistoryCodec.WriteEvents(events)));

    public void AddActivity(long key, string executionId, TaskScheduled call) => _addActivity.Execute(
        key, call.TaskId, executionId, Payloads.Keep(key, PayloadPlace.Activity, call.TaskId, HistoryCodec.WriteEvent(call)));

    public void RemoveActivity(long key, int task)
    {
        _removeActivity.Execute(key, task);
        Payloads.Drop(key, PayloadPlace.Activity, task);
    }

    public void AddTimer(long key, string executionId, TimerCreated timer) =>
        _addTimer.Execute(key, timer.TaskId, executionId, timer.FireAt.Ticks);

    public void RemoveTimer(long key, int task) => _removeTimer.Execute(key, task);

    public void Touch(long key, OrchestrationRuntimeStatus status, DateTime now) => _touchInstance.Execute(key, (long)status, now.Ticks);

    public void SetCustomStatus(long key, string? customStatus)
    {
        Payloads.Drop(key, PayloadPlace.Instance, CustomStatusColumn);
        _setCustomStatus.Execute(key, Payloads.Keep(key, PayloadPlace.Instance, CustomStatusColumn, customStatus));
    }

    /// <summary>Makes room for the next execution of an instance.</summary>
    public void Renew(long key, string? input, string version)
    {
        _removeHistory.Execute(key);
        Payloads.DropAll(key, PayloadPlace.History, PayloadPlace.History);
        Payloads.Drop(key, PayloadPlace.Instance, InputColumn);
        _renewInstance.Execute(key, Payloads.Keep(key, PayloadPlace.Instance, InputColumn, input), version);
    }

    /// <summary>Ends an instance; what still waits for it is dropped.</summary>
    public void End(long key, OrchestrationRuntimeStatus status, DateTime now, string? output, byte[]? failure)
    {
        _endInstance.Execute(
            key,
            (long)status,
            now.Ticks,
            Payloads.Keep(key, PayloadPlace.Instance, OutputColumn, output),
            Payloads.Keep(key, PayloadPlace.Instance, FailureColumn, failure));
        RemoveWork(key);
    }

    /// <summary>Lets an ended instance go on from another history.</summary>
    public void Reopen(long key, IReadOnlyList<IReadOnlyList<HistoryEvent>> turns, DateTime now)
    {
        _removeHistory.Execute(key);
        for (int turn = 0; turn < turns.Count; turn++)
        {
            AddTurn(key, turn, turns[turn]);
        }

        _reopenInstance.Execute(key, (long)OrchestrationRuntimeStatus.Running, now.Ticks);
    }

    /// <summary>Removes everything about an instance.</summary>
    public void Remove(long key)
    {
        RemoveWork(key);
        _removeHistory.Execute(key);
        _removeInstance.Execute(key);
        Payloads.DropAll(key, PayloadPlace.Instance, PayloadPlace.Activity);
    }

    public IReadOnlyList<string> ChildrenOf(string instanceId)
    {
        var children = new List<string>();
        using SqliteDataReader rows = _findChildren.Query(instanceId);
        while (rows.Read())
        {
            children.Add(rows.GetString(0));
        }

        return children;
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements)
        {
            statement.Dispose();
        }
    }

    private void RemoveWork(long key)
    {
        foreach (SqliteStatement remove in _removeWork)
        {
            remove.Execute(key);
        }

        Payloads.DropAll(key, PayloadPlace.Inbox, PayloadPlace.Activity);
    }
}
