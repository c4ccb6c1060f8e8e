using System.Globalization;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.DiskImages.Tests.FileSystems;

public sealed class DirectoryNamesTests
{
    [Fact]
    public void Many_small_directories_are_kept_and_large_ones_only_while_their_names_are_not_too_many_together()
    {
        var cache = DirectoryNames.CreateCache<ulong>();
        for (var directory = 0ul; directory < 1000; directory++)
        {
            cache.Set(directory, Create(20));
        }

        Assert.True(cache.TryGet(0, out _));
        var large = Create(DirectoryNames.Most / 2 - 1000);
        cache.Set(5000, large);
        cache.Set(5001, large);
        cache.Set(5002, large);

        Assert.Equal([false, false, true, true], new[] { 0ul, 5000ul, 5001ul, 5002ul }.Select(directory => cache.TryGet(directory, out _)));
    }

    private static Dictionary<string, DirectoryEntry> Create(int count) => Enumerable.Range(0, count)
        .Select(number => number.ToString(CultureInfo.InvariantCulture)).ToDictionary(name => name, name => new DirectoryEntry(name, 1, FileKind.Regular), StringComparer.Ordinal);
}
