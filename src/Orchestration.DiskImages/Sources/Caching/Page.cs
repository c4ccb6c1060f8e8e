namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>One page of a <see cref="PageCache"/>, present or under way.</summary>
internal sealed class Page : CachedValue
{
    private readonly PageTable _table;
    private volatile byte[]? _bytes;

    /// <param name="table">The table that the page is of.</param>
    /// <param name="index">Its number in the source.</param>
    /// <param name="size">Its bytes; for the last page of a source some more than it has.</param>
    /// <param name="fetch">The request that brings it.</param>
    public Page(PageTable table, long index, int size, Fetch fetch)
        : base(size)
    {
        (_table, Index, Fetch) = (table, index, fetch);
        IsPinned = true;
    }

    public long Index { get; }

    /// <summary>The request that brings or brought the page.</summary>
    public Fetch Fetch { get; }

    /// <summary>The content, shorter for the last page of a source; null while it is under way. Never written to again.</summary>
    public byte[]? Bytes
    {
        get => _bytes;
        set => _bytes = value;
    }

    public override void Drop() => _table.Forget(this);
}

/// <summary>One request for adjoining pages.</summary>
/// <param name="firstPage">Index of the first page.</param>
/// <param name="count">Number of pages.</param>
/// <param name="wave">The wave that the request belongs to.</param>
internal sealed class Fetch(long firstPage, int count, long wave)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long FirstPage => firstPage;

    public int Count => count;

    public long Wave => wave;

    /// <summary>Sent to the storage, rather than waiting for its turn. Guarded by the cache's lock.</summary>
    public bool IsStarted { get; set; }

    public Task Completion => _completion.Task;

    public void Succeed() => _completion.SetResult();

    public void Fail(Exception exception)
    {
        _completion.SetException(exception);

        // Nobody may ever wait for a prefetched page; its failure must not surface as an unobserved one.
        _ = _completion.Task.Exception;
    }
}
