using System.Buffers;

namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>
/// Recently used pages of a slow source, in bounded memory. Missing pages that adjoin are fetched in one request and the requests of one
/// read in parallel; a page under way is waited for, not fetched again; sequential readers are read ahead of. Thread-safe.
/// Reads block the calling thread while they wait.
/// </summary>
public sealed class PageCache : IMeasuredByteSource, IDisposable
{
    private const int LargestPart = 8 * 1024 * 1024;

    private readonly IRangeFetcher _fetcher;
    private readonly PageCacheOptions _options;
    private readonly CancellationTokenSource _lifetime;
    private readonly CancellationToken _cancellationToken;
    private readonly long _pageCount;
    private readonly long _capacity;

    private readonly Lock _gate;
    private readonly PageTable _pages;
    private readonly FetchQueue _queue;
    private readonly ReadAhead _readAhead;
    private readonly WaveCounter _waves = new();
    private long _bytesRead;
    private long _requests;
    private long _hits;
    private long _misses;

    /// <param name="fetcher">Where missing pages come from.</param>
    /// <param name="options">Null for <see cref="PageCacheOptions.Default"/>.</param>
    /// <param name="cancellationToken">Once cancelled, requests stop and reads throw <see cref="OperationCanceledException"/>.</param>
    public PageCache(IRangeFetcher fetcher, PageCacheOptions? options = null, CancellationToken cancellationToken = default)
    {
        _fetcher = fetcher;
        _options = options ?? PageCacheOptions.Default;
        _lifetime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _cancellationToken = _lifetime.Token;
        _pageCount = (fetcher.Length + _options.PageSize - 1) / _options.PageSize;
        _gate = _options.Memory.Gate;
        _capacity = Math.Min(_options.Capacity, _options.Memory.Capacity);
        _pages = new PageTable(_options.Memory, _options.PageSize, (int)Math.Max(4, _capacity / _options.PageSize));
        _queue = new FetchQueue(_options.MaximumConcurrency);
        _readAhead = new ReadAhead(_options.MaximumReadAhead / _options.PageSize);
    }

    public long Length => _fetcher.Length;

    public ReadStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new ReadStatistics(_bytesRead, _requests, _waves.Count, _hits, _misses);
            }
        }
    }

    // A longer read is done in parts, so that its pages fit beside those of other readers.
    private int MaximumPart => (int)Math.Clamp(_capacity / 4, _options.PageSize, LargestPart);

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            var length = Math.Min(buffer.Length, MaximumPart);
            ReadPart(offset, buffer[..length]);
            offset += length;
            buffer = buffer[length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        lock (_gate)
        {
            if (_cancellationToken.IsCancellationRequested)
            {
                return;
            }

            foreach (var range in ranges)
            {
                var inside = range.ClampTo(Length);
                if (inside.Length > 0)
                {
                    Prefetch(inside.Offset / _options.PageSize, (inside.End - 1) / _options.PageSize + 1);
                }
            }
        }

        StartWaiting();
    }

    /// <summary>Stops all requests and gives the memory back. Reads that wait, and later ones, throw <see cref="OperationCanceledException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_pages.TryClose())
            {
                return;
            }
        }

        _lifetime.Cancel();
        _lifetime.Dispose();
    }

    private void ReadPart(long offset, Span<byte> buffer)
    {
        var first = offset / _options.PageSize;
        var pages = Acquire(first, (offset + buffer.Length - 1) / _options.PageSize);
        foreach (var page in pages.OfType<Page>())
        {
            var start = page.Index * _options.PageSize;
            var from = (int)Math.Max(0, offset - start);
            var to = (int)Math.Min(_options.PageSize, offset + buffer.Length - start);
            WaitFor(page).AsSpan(from..to).CopyTo(buffer[(int)(start + from - offset)..]);
        }

        lock (_gate)
        {
            foreach (var page in pages.OfType<Page>())
            {
                _waves.NoteRead(page.Fetch.Wave);
            }
        }
    }

    /// <summary>The pages, present or under way; those that were missing are requested together.</summary>
    private Page?[] Acquire(long first, long last)
    {
        var pages = new Page?[last - first + 1];
        var urgent = new List<Fetch>();
        lock (_gate)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            for (var index = first; index <= last; index++)
            {
                pages[index - first] = _pages.TryTouch(index);
            }

            // Making room for the missing ones may drop present ones from the table, but not from this array.
            RequestMissing(first, pages, isDemand: true);
            var isHit = true;
            foreach (var page in pages)
            {
                isHit &= page is { Bytes: not null };
                if (page is not null && _queue.TryStartNow(page.Fetch))
                {
                    urgent.Add(page.Fetch);
                }
            }

            _hits += isHit ? 1 : 0;
            _misses += isHit ? 0 : 1;
            var ahead = _readAhead.Next(first, last);
            Prefetch(ahead.First, Math.Min(_pageCount, ahead.First + ahead.Count));
        }

        foreach (var fetch in urgent)
        {
            _ = RunAsync(fetch);
        }

        StartWaiting();
        return pages;
    }

    private byte[] WaitFor(Page page)
    {
        if (page.Bytes is { } present)
        {
            return present;
        }

        // Task.Wait, unlike other ways to block, tells the thread pool to make up for the blocked thread. It wraps failures: unwrap them.
        try
        {
            page.Fetch.Completion.Wait(_cancellationToken);
        }
        catch (AggregateException)
        {
            page.Fetch.Completion.GetAwaiter().GetResult();
        }

        return page.Bytes ?? throw new OperationCanceledException(_cancellationToken);
    }

    // Within the lock.
    private void Prefetch(long first, long end)
    {
        for (var start = first; start < end; start += _pages.Capacity)
        {
            var pages = new Page?[Math.Min(end - start, _pages.Capacity)];
            for (var index = 0; index < pages.Length; index++)
            {
                pages[index] = _pages.TryTouch(start + index);
            }

            if (!RequestMissing(start, pages, isDemand: false))
            {
                return;
            }
        }
    }

    // Requests the pages that are null, in as few requests as their gaps and the longest request allow. Within the lock.
    private bool RequestMissing(long first, Page?[] pages, bool isDemand)
    {
        var longest = Math.Max(1, _options.MaximumRequest / _options.PageSize);
        for (var start = Array.IndexOf(pages, null); start >= 0; start = Array.IndexOf(pages, null, start))
        {
            var present = Array.FindIndex(pages, start, page => page is not null);
            var count = Math.Min(longest, (present < 0 ? pages.Length : present) - start);
            if (!isDemand && !_pages.HasRoomToPrefetch(count))
            {
                return false;
            }

            var fetch = new Fetch(first + start, count, _waves.NoteRequest());
            for (var index = start; index < start + count; index++)
            {
                pages[index] = _pages.AddUnderWay(first + index, fetch);
            }

            _queue.Enqueue(fetch);
        }

        return true;
    }

    private void StartWaiting()
    {
        while (TryStartNext() is { } fetch)
        {
            _ = RunAsync(fetch);
        }
    }

    private Fetch? TryStartNext()
    {
        lock (_gate)
        {
            return _queue.TryStartNext(out var fetch) ? fetch : null;
        }
    }

    // Readers block while they wait for this, perhaps on the only thread of a synchronization context: nothing here may return to one.
    private async Task RunAsync(Fetch? fetch)
    {
        for (; fetch is not null; fetch = TryStartNext())
        {
            try
            {
                await FetchAsync(fetch).ConfigureAwait(false);
                fetch.Succeed();
            }
#pragma warning disable CA1031 // Whatever the failure, it belongs to those who wait for these pages.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Forget(fetch);
                fetch.Fail(exception);
            }

            lock (_gate)
            {
                _queue.NoteFinished();
            }
        }
    }

    private async Task FetchAsync(Fetch fetch)
    {
        var offset = fetch.FirstPage * _options.PageSize;
        var length = (int)Math.Min((long)fetch.Count * _options.PageSize, Length - offset);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await _fetcher.FetchAsync(offset, buffer.AsMemory(0, length), _cancellationToken).ConfigureAwait(false);

            // Copied before the lock is taken, because all caches of the memory wait for it.
            var contents = new byte[fetch.Count][];
            for (var index = 0; index < contents.Length; index++)
            {
                var start = index * _options.PageSize;
                contents[index] = buffer[start..Math.Min(start + _options.PageSize, length)];
            }

            lock (_gate)
            {
                _waves.NoteFinished();
                _requests++;
                _bytesRead += length;
                for (var index = 0; index < contents.Length; index++)
                {
                    _pages.Complete(fetch.FirstPage + index, contents[index]);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A page that failed is asked for again by the next reader.
    private void Forget(Fetch fetch)
    {
        lock (_gate)
        {
            _waves.NoteFinished();
            for (var index = fetch.FirstPage; index < fetch.FirstPage + fetch.Count; index++)
            {
                _pages.RemoveUnderWay(index);
            }
        }
    }
}
