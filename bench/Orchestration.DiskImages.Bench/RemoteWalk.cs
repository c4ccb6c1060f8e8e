using System.Diagnostics;
using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.Bench;

/// <summary>Walks what an inspection of a Debian guest reads, over storage with an artificial latency, and prints what it cost.</summary>
internal static class RemoteWalk
{
    /// <param name="path">The image.</param>
    /// <param name="latency">What each request waits.</param>
    /// <param name="pageSizes">Sizes of the page cache's pages to compare, in KiB.</param>
    public static void Run(string path, TimeSpan latency, IEnumerable<int> pageSizes)
    {
        Console.WriteLine("page KiB   seconds     bytes  requests  waves  files");
        foreach (var pageSize in pageSizes)
        {
            using var file = new FileByteSource(path);
            using var cache = new PageCache(new LatencyFetcher(file, latency), PageCacheOptions.Default with { PageSize = pageSize * 1024 });
            var clock = Stopwatch.StartNew();
            using var image = DiskImage.Open(cache);
            var files = 0;
            foreach (var partition in PartitionTable.Read(image.Content).Partitions)
            {
                var volume = image.Content.Slice(partition.Offset, partition.Length);
                if (FileSystemDetector.Detect(volume)?.Type is "ext2" or "ext3" or "ext4")
                {
                    files += new GuestWalk(FileSystemDetector.Open(volume)).Run();
                }
            }

            var cost = cache.Statistics;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{pageSize,8} {clock.Elapsed.TotalSeconds,9:f2} {cost.BytesRead,9} {cost.Requests,9} {cost.Waves,6} {files,6}"));
        }
    }
}
