using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Tests.Sources.Caching;

public sealed class BoundedCacheTests
{
    [Fact]
    public void What_was_used_longest_ago_makes_room_for_as_much_as_comes_in()
    {
        var cache = new BoundedCache<int, byte[]>(100, value => value.Length);
        cache.Set(1, new byte[40]);
        cache.Set(2, new byte[40]);
        cache.TryGet(1, out _);

        cache.Set(3, new byte[50]);

        Assert.Equal([true, false, true], new[] { 1, 2, 3 }.Select(key => cache.TryGet(key, out _)));
    }

    [Fact]
    public void A_value_heavier_than_all_room_is_kept_alone()
    {
        var cache = new BoundedCache<int, byte[]>(100, value => value.Length);
        cache.Set(1, new byte[40]);
        cache.Set(2, new byte[400]);

        Assert.Equal([false, true], new[] { 1, 2 }.Select(key => cache.TryGet(key, out _)));
    }

    [Fact]
    public void A_value_set_again_weighs_once()
    {
        var cache = new BoundedCache<int, byte[]>(100, value => value.Length);
        cache.Set(1, new byte[90]);
        cache.Set(1, new byte[40]);
        cache.Set(2, new byte[60]);

        Assert.True(cache.TryGet(1, out _));
    }
}
