using Microsoft.Data.Sqlite;
using Orchestration.EmbeddedRuntime.Store.Payloads;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>The SQLite file that holds everything durable, locked for this process while it is open.</summary>
internal sealed class DurableStore : IDisposable
{
    public const int DefaultPayloadThreshold = 256 * 1024;

    // Linux's EROFS, and what a lock of another process is on Linux (EAGAIN), macOS (EAGAIN) and Windows (ERROR_SHARING_VIOLATION).
    private const int ReadOnlyFileSystem = 30;
    private static readonly int[] LockedByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;

    private DurableStore(string path, FileStream fileLock, SqliteConnection connection, PayloadFiles files)
    {
        Path = path;
        _lock = fileLock;
        _connection = connection;
        Writer = new StoreWriter(connection, path, files);
        Reader = new StoreReader(path, () => Connect(path, SqliteOpenMode.ReadOnly), files);
    }

    public string Path { get; }

    public StoreWriter Writer { get; }

    public StoreReader Reader { get; }

    /// <summary>Opens the store, and creates it when it is missing.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="payloadThreshold">Bytes that a row may hold of an input, a result or the like; larger ones go to files beside the store.</param>
    /// <param name="isSynced">Whether every commit is synced to disk.</param>
    /// <exception cref="StoreException">It is in use, of a newer build, damaged, or cannot be read or written.</exception>
    public static DurableStore Open(string path, int payloadThreshold = DefaultPayloadThreshold, bool isSynced = true)
    {
        SQLitePCL.Batteries_V2.Init();
        path = System.IO.Path.GetFullPath(path);
        FileStream fileLock = Lock(path);
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
            // WAL lets readers go on beside the writer; FULL syncs every commit, so that what was reported survives a power cut.
            connection.Run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000;");
            connection.Run(isSynced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
            StoreSchema.Prepare(connection, path);
            return new DurableStore(path, fileLock, connection, new PayloadFiles(path, payloadThreshold, isSynced));
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            fileLock.Dispose();
            if (exception is SqliteException sqlite)
            {
                throw StoreException.From(path, "it cannot be opened", sqlite);
            }

            throw;
        }
    }

    /// <summary>Writes what is waiting and closes the file.</summary>
    public void Dispose()
    {
        Writer.Dispose();
        Reader.Dispose();
        _connection.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        string lockPath = path + ".lock";
        try
        {
            FolderSync.Create(System.IO.Path.GetDirectoryName(path) ?? ".");
            // The operating system gives the lock back when the process ends, however it ends.
            return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (LockedByAnother.Contains(exception.HResult))
        {
            throw new StoreException(
                StoreError.InUse,
                path,
                "another process has it open. A store serves one process at a time; stop the other one or name another file.",
                exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || exception.HResult == ReadOnlyFileSystem)
        {
            throw new StoreException(StoreError.ReadOnly, path, $"it cannot be opened, because its folder may not be written: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new StoreException(StoreError.Unavailable, path, $"it cannot be opened: {exception.Message}", exception);
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            // A reader only ever waits for a checkpoint that resets the log.
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        return connection;
    }
}
