using System.Globalization;
using System.Text;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Tests.Formats.Vmdk;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Sources.Caching;

/// <summary>What many caches hold together.</summary>
public sealed class CacheMemoryTests : IDisposable
{
    private const int Page = 4096;

    private readonly List<PageCache> _caches = [];

    public void Dispose() => _caches.ForEach(cache => cache.Dispose());

    [Fact]
    public void A_disk_of_many_extents_is_read_in_the_memory_of_one()
    {
        const int Extents = 300;
        var memory = new CacheMemory(16 * Page);
        var descriptor = new StringBuilder("# Disk DescriptorFile\nCID=11111111\nparentCID=ffffffff\n");
        for (var number = 0; number < Extents; number++)
        {
            descriptor.Append(CultureInfo.InvariantCulture, $"RW 32 SPARSE \"{number}.vmdk\"\n");
        }

        var most = 0L;
        using var image = DiskImage.Open(
            new MemoryByteSource(Encoding.UTF8.GetBytes(descriptor.ToString())), "vmdk", new FileResolver(_ => Cached(new SparseExtentBuilder().Entry(0, 8).Entry(3, 16).Build(), memory)));
        for (var offset = 0L; offset < image.Content.Length; offset += 2 * Page)
        {
            Assert.Equal(offset / Page % 4 == 0 ? "a\0"u8 : "\0b"u8, image.Content.ReadBytes(offset + Page - 1, 2));
            most = Math.Max(most, memory.Held);
        }

        Assert.Equal(Extents * 4L * SparseExtentBuilder.Grain, image.Content.Length);
        Assert.InRange(most, 12 * Page, 16 * Page);
    }

    [Fact]
    public void Of_the_pages_of_all_sources_the_least_recently_used_goes_first()
    {
        var memory = new CacheMemory(4 * Page);
        var (first, second) = (new SlowFetcher(10 * Page), new SlowFetcher(10 * Page));
        var (one, other) = (Cached(first, memory), Cached(second, memory));
        one.ReadBytes(0, 1);
        other.ReadBytes(0, 3 * Page);
        one.ReadBytes(0, 1);

        one.ReadBytes(5 * Page, 1);
        first.Requests.Clear();
        second.Requests.Clear();
        one.ReadBytes(0, 1);
        other.ReadBytes(2 * Page, 1);
        other.ReadBytes(0, 1);

        Assert.Empty(first.Requests);
        Assert.Equal([new ByteRange(0, Page)], second.Requests);
    }

    [Fact]
    public void A_source_that_is_closed_gives_its_memory_back()
    {
        var memory = new CacheMemory(8 * Page);
        using (var cache = new PageCache(new SlowFetcher(10 * Page), Over(memory)))
        {
            cache.ReadBytes(0, 3 * Page);
            Assert.Equal(3 * Page, memory.Held);
        }

        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public async Task What_was_under_way_when_a_source_was_closed_is_given_back_when_it_has_come()
    {
        var memory = new CacheMemory(8 * Page);
        var answer = new TaskCompletionSource();
        using (var cache = new PageCache(new SlowFetcher(10 * Page) { Hold = answer.Task }, Over(memory)))
        {
            cache.Prefetch(0, 2 * Page);
        }

        answer.SetResult();
        await Eventually.HoldsAsync(() => memory.Held == 0);

        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public async Task Prefetching_from_many_sources_leaves_half_of_the_memory()
    {
        var memory = new CacheMemory(8 * Page);
        var answer = new TaskCompletionSource();
        foreach (var cache in Enumerable.Range(0, 20).Select(_ => Cached(new SlowFetcher(10 * Page) { Hold = answer.Task }, memory)))
        {
            cache.Prefetch(0, Page);
        }

        Assert.Equal(4 * Page, memory.Held);
        answer.SetResult();
        await Eventually.HoldsAsync(() => _caches.Sum(cache => cache.Statistics.Requests) == 4);
    }

    [Fact]
    public async Task Many_readers_of_many_sources_all_see_the_right_bytes_within_the_memory()
    {
        const int Length = 50 * Page + 123;
        var expected = SlowFetcher.CreatePattern(Length);
        var memory = new CacheMemory(40 * Page);
        var sources = Enumerable.Range(0, 10).Select(_ => Cached(new SlowFetcher(Length), memory)).ToList();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 500; i++)
            {
                var source = sources[random.Next(sources.Count)];
                var offset = random.Next(Length);
                var length = random.Next(Math.Min(Length - offset, 30 * Page));
                source.Prefetch(random.Next(Length), random.Next(10 * Page));
                Assert.True(expected.AsSpan(offset, length).SequenceEqual(source.ReadBytes(offset, length)));
            }
        })));
        await Eventually.HoldsAsync(() => sources.TrueForAll(source => source.ReadBytes(0, 1)[0] == expected[0]) && memory.Held <= 40 * Page);
    }

    [Fact]
    public void Values_of_several_caches_make_room_for_each_other()
    {
        var memory = new CacheMemory(2000);
        var numbers = new BoundedCache<int, byte[]>(memory, value => value.Length);
        var names = new BoundedCache<string, byte[]>(memory, value => value.Length);
        numbers.Set(1, new byte[600]);
        names.Set("one", new byte[600]);
        numbers.TryGet(1, out _);

        numbers.Set(2, new byte[300]);

        Assert.True(numbers.TryGet(1, out _));
        Assert.False(names.TryGet("one", out _));
    }

    [Fact]
    public void Values_without_bytes_are_not_kept_without_bound()
    {
        var memory = new CacheMemory(10_000);
        var cache = new BoundedCache<int, byte[]>(memory, value => value.Length);

        for (var key = 0; key < 1000; key++)
        {
            cache.Set(key, []);
        }

        Assert.InRange(Enumerable.Range(0, 1000).Count(key => cache.TryGet(key, out _)), 1, 100);
    }

    private static PageCacheOptions Over(CacheMemory memory) => new() { PageSize = Page, Memory = memory, MaximumReadAhead = 0 };

    private PageCache Cached(IByteSource source, CacheMemory memory) => Cached(new SlowFetcher(source, TimeSpan.Zero), memory);

    private PageCache Cached(SlowFetcher fetcher, CacheMemory memory)
    {
        var cache = new PageCache(fetcher, Over(memory));
        _caches.Add(cache);
        return cache;
    }
}
