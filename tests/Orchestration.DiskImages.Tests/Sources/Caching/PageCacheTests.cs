using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Sources.Caching;

public sealed class PageCacheTests
{
    private const int Page = 4096;

    private static readonly PageCacheOptions Plain = new() { PageSize = Page, Capacity = 64 * Page, MaximumRequest = 8 * Page, MaximumConcurrency = 4, MaximumReadAhead = 0 };

    [Fact]
    public void A_read_is_served_from_whole_pages_and_again_from_memory()
    {
        var fetcher = new SlowFetcher(10 * Page);
        using var cache = new PageCache(fetcher, Plain);

        var first = cache.ReadBytes(100, 50);
        var second = cache.ReadBytes(3000, 1000);

        Assert.Equal(SlowFetcher.CreatePattern(10 * Page)[100..150], first);
        Assert.Equal(SlowFetcher.CreatePattern(10 * Page)[3000..4000], second);
        Assert.Equal([new ByteRange(0, Page)], fetcher.Requests);
        Assert.Equal(new ReadStatistics(Page, 1, 1, 1, 1), cache.Statistics);
    }

    [Fact]
    public void Adjoining_missing_pages_are_fetched_in_one_request()
    {
        var fetcher = new SlowFetcher(10 * Page);
        using var cache = new PageCache(fetcher, Plain);

        cache.ReadBytes(10, 5 * Page);

        Assert.Equal([new ByteRange(0, 6 * Page)], fetcher.Requests);
    }

    [Fact]
    public void A_long_read_is_split_into_requests_of_the_largest_size_that_belong_to_one_wave()
    {
        var fetcher = new SlowFetcher(32 * Page);
        using var cache = new PageCache(fetcher, Plain with { Capacity = 256 * Page });
        fetcher.Hold = Task.Delay(20);

        var bytes = cache.ReadBytes(0, 20 * Page);

        Assert.Equal(SlowFetcher.CreatePattern(32 * Page)[..(20 * Page)], bytes);
        Assert.Equal([8 * Page, 8 * Page, 4 * Page], fetcher.Requests.OrderBy(request => request.Offset).Select(request => request.Length));
        Assert.Equal(1, cache.Statistics.Waves);
    }

    [Fact]
    public void The_last_page_ends_with_the_source()
    {
        var fetcher = new SlowFetcher(2 * Page + 7);
        using var cache = new PageCache(fetcher, Plain);

        Assert.Equal(SlowFetcher.CreatePattern(2 * Page + 7)[^9..], cache.ReadBytes(2 * Page - 2, 9));
        Assert.Equal(2 * Page + 7, cache.Statistics.BytesRead + Page);
    }

    [Fact]
    public void A_read_beyond_the_end_is_refused_without_a_request()
    {
        var fetcher = new SlowFetcher(Page);
        using var cache = new PageCache(fetcher, Plain);

        var exception = Assert.Throws<DiskImageException>(() => cache.ReadBytes(Page - 1, 2));

        Assert.Equal(DiskImageError.Corrupt, exception.Error);
        Assert.Empty(fetcher.Requests);
    }

    [Fact]
    public async Task A_page_under_way_is_shared_by_all_its_readers()
    {
        var fetcher = new SlowFetcher(4 * Page);
        var answer = new TaskCompletionSource();
        fetcher.Hold = answer.Task;
        using var cache = new PageCache(fetcher, Plain);

        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => cache.ReadBytes(0, 10))).ToList();
        await Eventually.HoldsAsync(() => cache.Statistics.CacheMisses == 8);
        answer.SetResult();

        var expected = SlowFetcher.CreatePattern(4 * Page)[..10];
        Assert.All(await Task.WhenAll(readers), bytes => Assert.Equal(expected, bytes));
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Prefetched_pages_arrive_in_the_background_in_one_wave()
    {
        var fetcher = new SlowFetcher(40 * Page);
        using var cache = new PageCache(fetcher, Plain);

        cache.Prefetch([new ByteRange(0, 10), new ByteRange(20 * Page, 2 * Page), new ByteRange(39 * Page, 1000 * Page), new ByteRange(-50, 3)]);
        await Eventually.HoldsAsync(() => cache.Statistics.Requests == 3);
        cache.ReadBytes(21 * Page, 10);

        Assert.Equal(1, cache.Statistics.CacheHits);
        Assert.Equal(0, cache.Statistics.CacheMisses);
        Assert.Equal(1, cache.Statistics.Waves);
    }

    [Fact]
    public async Task Prefetching_sends_no_more_requests_at_once_than_allowed_and_a_reader_does_not_wait_for_its_turn()
    {
        var fetcher = new SlowFetcher(60 * Page);
        var answer = new TaskCompletionSource();
        fetcher.Hold = answer.Task;
        using var cache = new PageCache(fetcher, Plain);

        cache.Prefetch([.. Enumerable.Range(0, 12).Select(index => new ByteRange(index * 4 * Page, 10))]);
        Assert.Equal(4, fetcher.Requests.Count);
        var reader = Task.Run(() => cache.ReadBytes(44 * Page, 10));
        await Eventually.HoldsAsync(() => fetcher.Requests.Count == 5);
        Assert.Equal(44 * Page, fetcher.Requests[4].Offset);
        answer.SetResult();
        await reader;
        await Eventually.HoldsAsync(() => cache.Statistics.Requests == 12);

        Assert.Equal(5, fetcher.MostAtOnce);
    }

    [Fact]
    public void Memory_stays_bounded_and_the_least_recently_used_pages_go_first()
    {
        var fetcher = new SlowFetcher(100 * Page);
        using var cache = new PageCache(fetcher, Plain with { Capacity = 4 * Page });

        for (var page = 0; page < 4; page++)
        {
            cache.ReadBytes(page * Page, 1);
        }

        cache.ReadBytes(0, 1);
        cache.ReadBytes(50 * Page, 1);
        fetcher.Requests.Clear();
        cache.ReadBytes(0, 1);
        cache.ReadBytes(Page, 1);

        Assert.Equal([new ByteRange(Page, Page)], fetcher.Requests);
    }

    [Fact]
    public void Prefetching_more_than_half_of_the_memory_is_cut_short()
    {
        var fetcher = new SlowFetcher(1000 * Page);
        var answer = new TaskCompletionSource();
        fetcher.Hold = answer.Task;
        using var cache = new PageCache(fetcher, Plain with { MaximumConcurrency = 100 });

        cache.Prefetch([new ByteRange(0, 1000 * Page)]);

        Assert.Equal(32 * Page, fetcher.Requests.Sum(request => request.Length));
        answer.SetResult();
    }

    [Fact]
    public void A_sequential_reader_is_read_ahead_of_with_growing_distance()
    {
        var fetcher = new SlowFetcher(200 * Page);
        using var cache = new PageCache(fetcher, Plain with { Capacity = 400 * Page, MaximumReadAhead = 16 * Page, MaximumRequest = 16 * Page });

        for (var page = 0; page < 100; page++)
        {
            cache.ReadBytes(page * Page, Page);
        }

        Assert.InRange(cache.Statistics.Requests, 5, 25);
        Assert.InRange(cache.Statistics.BytesRead, 100 * Page, 120 * Page);
        Assert.True(fetcher.Requests.Max(request => request.Length) >= 8 * Page);
    }

    [Fact]
    public void Scattered_reads_are_not_read_ahead_of()
    {
        var fetcher = new SlowFetcher(200 * Page);
        using var cache = new PageCache(fetcher, Plain with { MaximumReadAhead = 16 * Page });

        for (var page = 0; page < 200; page += 10)
        {
            cache.ReadBytes(page * Page, 100);
        }

        Assert.Equal(20 * Page, cache.Statistics.BytesRead);
    }

    [Fact]
    public void Reads_that_follow_from_what_was_read_are_waves_of_their_own()
    {
        var fetcher = new SlowFetcher(40 * Page);
        using var cache = new PageCache(fetcher, Plain);

        cache.ReadBytes(0, 1);
        cache.ReadBytes(10 * Page, 1);
        cache.ReadBytes(20 * Page, 1);

        Assert.Equal(3, cache.Statistics.Waves);
    }

    [Fact]
    public async Task Requests_made_before_anything_of_their_wave_was_read_share_it()
    {
        var fetcher = new SlowFetcher(40 * Page);
        var answer = new TaskCompletionSource();
        fetcher.Hold = answer.Task;
        using var cache = new PageCache(fetcher, Plain);

        cache.Prefetch(0, 1);
        cache.Prefetch(10 * Page, 1);
        var reader = Task.Run(() => cache.ReadBytes(20 * Page, 1));
        await Eventually.HoldsAsync(() => fetcher.Requests.Count == 3);
        answer.SetResult();
        await reader;

        Assert.Equal(1, cache.Statistics.Waves);
    }

    [Fact]
    public async Task A_failed_page_fails_its_readers_and_is_asked_for_again_by_the_next()
    {
        var fetcher = new SlowFetcher(4 * Page) { Failure = new DiskImageException(DiskImageError.Unavailable, "fake", 0, "the network is down") };
        using var cache = new PageCache(fetcher, Plain);

        cache.Prefetch(0, 10);
        var exception = Assert.Throws<DiskImageException>(() => cache.ReadBytes(0, 10));
        fetcher.Failure = null;
        await Eventually.HoldsAsync(() => fetcher.Requests.Count >= 1);
        var bytes = cache.ReadBytes(0, 10);

        Assert.Equal(DiskImageError.Unavailable, exception.Error);
        Assert.Equal(SlowFetcher.CreatePattern(4 * Page)[..10], bytes);
    }

    [Fact]
    public async Task Cancelling_ends_the_reads_that_wait_and_refuses_later_ones()
    {
        var fetcher = new SlowFetcher(4 * Page) { Hold = new TaskCompletionSource().Task };
        using var cancellation = new CancellationTokenSource();
        using var cache = new PageCache(fetcher, Plain, cancellation.Token);

        var reader = Task.Run(() => cache.ReadBytes(0, 10));
        await Eventually.HoldsAsync(() => fetcher.Requests.Count == 1);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader);
        Assert.ThrowsAny<OperationCanceledException>(() => cache.ReadBytes(Page, 10));
    }

    [Fact]
    public async Task Many_readers_at_random_places_all_see_the_right_bytes()
    {
        const int Length = 300 * Page + 123;
        var expected = SlowFetcher.CreatePattern(Length);
        using var cache = new PageCache(new SlowFetcher(Length), PageCacheOptions.Default with { PageSize = Page, Capacity = 40 * Page, MaximumReadAhead = 8 * Page });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 500; i++)
            {
                var offset = random.Next(Length);
                var length = random.Next(Math.Min(Length - offset, 30 * Page));
                cache.Prefetch(random.Next(Length), random.Next(10 * Page));
                Assert.True(expected.AsSpan(offset, length).SequenceEqual(cache.ReadBytes(offset, length)));
            }
        })));
    }
}
