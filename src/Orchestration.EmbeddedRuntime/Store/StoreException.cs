using Microsoft.Data.Sqlite;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>What went wrong with the durable store.</summary>
public enum StoreError
{
    /// <summary>Another process, or another engine of this one, has the store open.</summary>
    InUse,

    /// <summary>The file was written by a newer build.</summary>
    NewerSchema,

    /// <summary>The file is not a store, or is damaged.</summary>
    Damaged,

    /// <summary>The file cannot be read or written: a bad path, an I/O error.</summary>
    Unavailable,

    /// <summary>There is no space for what was to be written. Work goes on by itself when there is space again.</summary>
    DiskFull,

    /// <summary>The file or its folder may not be written.</summary>
    ReadOnly,

    /// <summary>The engine has been shut down.</summary>
    Closed,
}

/// <summary>The durable store could not do what was asked. Nothing of it was stored.</summary>
public sealed class StoreException : Exception
{
    internal StoreException(StoreError error, string path, string message, Exception? innerException = null)
        : base($"Durable store '{path}': {message}", innerException)
    {
        Error = error;
        Path = path;
    }

    /// <summary>What a failed write of the store or of a file beside it means.</summary>
    internal static StoreException From(string path, Exception exception) => exception switch
    {
        SqliteException sqlite => From(path, "a write failed", sqlite),
        // ENOSPC, and ERROR_DISK_FULL on Windows.
        IOException { HResult: 28 or unchecked((int)0x80070070) } =>
            new StoreException(StoreError.DiskFull, path, $"a write failed, because the disk is full: {exception.Message}", exception),
        UnauthorizedAccessException =>
            new StoreException(StoreError.ReadOnly, path, $"a write failed, because its folder may not be written: {exception.Message}", exception),
        _ => new StoreException(StoreError.Unavailable, path, $"a write failed: {exception.Message}", exception),
    };

    /// <param name="path">The store's file.</param>
    /// <param name="doing">What was tried, as the beginning of a sentence.</param>
    /// <param name="exception">How it failed.</param>
    internal static StoreException From(string path, string doing, SqliteException exception)
    {
        // The primary result codes at https://www.sqlite.org/rescode.html.
        (StoreError error, string reason) = exception.SqliteErrorCode switch
        {
            8 => (StoreError.ReadOnly, "the file or its folder may not be written"),
            11 or 26 => (StoreError.Damaged, "the file is not a usable database"),
            13 => (StoreError.DiskFull, "the disk is full"),
            _ => (StoreError.Unavailable, "the file cannot be used"),
        };
        return new StoreException(error, path, $"{doing}, because {reason}: {exception.Message}", exception);
    }

    /// <summary>What went wrong.</summary>
    public StoreError Error { get; }

    /// <summary>The store's file.</summary>
    public string Path { get; }
}
