using System.Diagnostics;
using System.Globalization;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Bench;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Volumes;

// Walks what an inspection of a Debian guest reads, over storage with an artificial latency, and prints what it cost.
// Usage: dotnet run -c Release -- IMAGE [latency in ms] [page size in KiB ...]
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: IMAGE [latency in ms] [page size in KiB ...]");
    return 2;
}

var latency = TimeSpan.FromMilliseconds(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 20);
var pageSizes = args.Length > 2 ? args[2..].Select(size => int.Parse(size, CultureInfo.InvariantCulture)) : [64];
Console.WriteLine("page KiB   seconds     bytes  requests  waves  files");
foreach (var pageSize in pageSizes)
{
    using var file = new FileByteSource(args[0]);
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

return 0;
