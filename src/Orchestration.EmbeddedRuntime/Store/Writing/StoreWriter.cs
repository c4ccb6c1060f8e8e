using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Payloads;

namespace Orchestration.EmbeddedRuntime.Store.Writing;

/// <summary>
/// The only writer of the store: a thread that puts all commands that are waiting into one synced transaction (group commit), and
/// reports them, in order, as a batch. Enqueueing is safe from any thread.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    // Bounds how long the first command of a batch waits for the last.
    private const int LargestBatch = 2_000;

    // SQLITE_FULL.
    private const int DiskFull = 13;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly StoreSession _session;
    private readonly Channel<IReadOnlyList<StoreCommand>> _committed =
        Channel.CreateUnbounded<IReadOnlyList<StoreCommand>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly object _lock = new();
    private readonly Thread _thread;
    private Queue<StoreCommand> _waiting = new();
    private bool _isClosing;

    public StoreWriter(SqliteConnection connection, string path, PayloadFiles files)
    {
        _connection = connection;
        _path = path;
        _session = new StoreSession(connection, files);
        _thread = new Thread(WriteUntilClosed) { IsBackground = true, Name = "durable store writer" };
        _thread.Start();
    }

    /// <summary>Committed batches in order; completes when the writer is closed and everything has been written.</summary>
    public ChannelReader<IReadOnlyList<StoreCommand>> Committed => _committed.Reader;

    /// <summary>Adds a command to the next batch. Commands are applied in the order in which they are enqueued.</summary>
    public void Enqueue(StoreCommand command)
    {
        lock (_lock)
        {
            if (!_isClosing)
            {
                _waiting.Enqueue(command);
                Monitor.Pulse(_lock);
                return;
            }
        }

        command.Failed(new StoreException(StoreError.Closed, _path, "it has been closed."));
    }

    /// <summary>Writes what is waiting and stops.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosing = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join();
        _session.Dispose();
    }

    private void WriteUntilClosed()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            if (TryCommit(batch) is null)
            {
                _committed.Writer.TryWrite(batch);
            }
            else
            {
                CommitOneByOne(batch);
            }
        }

        _committed.Writer.Complete();
    }

    private List<StoreCommand> TakeBatch()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && !_isClosing)
            {
                Monitor.Wait(_lock);
            }

            var batch = new List<StoreCommand>(Math.Min(_waiting.Count, LargestBatch));
            while (batch.Count < LargestBatch && _waiting.TryDequeue(out StoreCommand? command))
            {
                batch.Add(command);
            }

            return batch;
        }
    }

    /// <summary>Keeps one command that cannot be stored from taking its whole batch with it.</summary>
    private void CommitOneByOne(List<StoreCommand> batch)
    {
        foreach (StoreCommand command in batch)
        {
            if (TryCommit([command]) is { } failure)
            {
                command.Failed(failure);
            }
            else
            {
                _committed.Writer.TryWrite([command]);
            }
        }
    }

    private StoreException? TryCommit(List<StoreCommand> batch)
    {
        bool isCommitting = false;
        try
        {
            _connection.Run("BEGIN IMMEDIATE");
            foreach (StoreCommand command in batch)
            {
                command.Apply(_session);
            }

            _session.Payloads.Sync();
            isCommitting = true;
            _connection.Run("COMMIT");
            _session.Payloads.Committed();
            return null;
        }
#pragma warning disable CA1031 // A command that cannot be written, for whatever reason, must not end the writer; its owner is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A commit that failed while it was synced may turn out to be there after a crash; what its rows name must be there too.
            RollBack(isUndone: !isCommitting || exception is SqliteException { SqliteErrorCode: DiskFull });
            return StoreException.From(_path, exception);
        }
    }

    private void RollBack(bool isUndone)
    {
        _session.Payloads.RolledBack(isUndone);
        try
        {
            _connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does for a full disk and I/O errors.
        }
    }
}
