namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>How a <see cref="PageCache"/> trades memory and bytes for round trips.</summary>
public sealed record PageCacheOptions
{
    /// <summary>For one job beside many others.</summary>
    public static PageCacheOptions Default { get; } = new();

    /// <summary>Bytes in a page, the least that is fetched: a power of two.</summary>
    public int PageSize { get; init; } = 64 * 1024;

    /// <summary>Most bytes of pages kept of one source, so that who reads a whole image leaves room to others.</summary>
    public long Capacity { get; init; } = 64 * 1024 * 1024;

    /// <summary>What bounds the pages of all sources together.</summary>
    public CacheMemory Memory { get; init; } = CacheMemory.OfProcess;

    /// <summary>Most bytes in one request; adjacent missing pages are fetched together up to this.</summary>
    public int MaximumRequest { get; init; } = 1024 * 1024;

    /// <summary>Most requests under way for prefetching and read-ahead; a request that a reader waits for is sent at once.</summary>
    public int MaximumConcurrency { get; init; } = 16;

    /// <summary>Most bytes read ahead of a sequential reader; the distance doubles from one page as the reader goes on. Zero turns it off.</summary>
    public int MaximumReadAhead { get; init; } = 4 * 1024 * 1024;
}
