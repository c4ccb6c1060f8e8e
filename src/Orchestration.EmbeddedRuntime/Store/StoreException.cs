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

    /// <summary>The file cannot be read or written: missing rights, a full disk, an I/O error.</summary>
    Unavailable,

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

    /// <summary>What went wrong.</summary>
    public StoreError Error { get; }

    /// <summary>The store's file.</summary>
    public string Path { get; }
}
