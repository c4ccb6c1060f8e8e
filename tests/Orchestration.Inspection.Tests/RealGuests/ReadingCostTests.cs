using System.Diagnostics;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.Inspection.Mapping;
using Orchestration.Inspection.Tests.Support;
using Orchestration.TestSupport;
using Xunit.Abstractions;

namespace Orchestration.Inspection.Tests.RealGuests;

/// <summary>What a whole inspection costs behind a network: few bytes of the disk, and few round trips that wait for each other.</summary>
public sealed class ReadingCostTests(ITestOutputHelper output)
{
    [RequiresDebianRootFact]
    public void An_inspection_reads_a_small_part_of_the_disk_in_few_waves()
    {
        using var file = new FileByteSource(DebianRoot.Disk);
        using var cache = new PageCache(new DistantStorage(file, TimeSpan.FromMilliseconds(20)));
        var clock = Stopwatch.StartNew();
        void Report(string step) => output.WriteLine($"{step}: {clock.ElapsedMilliseconds} ms, {cache.Statistics}");

        using var image = DiskImage.Open(cache);
        var map = GuestMapper.Map(image);
        Report("map");
        var guest = Guest.Open(image, map);
        Report("open");
        guest.Prefetch();
        Report("prefetch");
        (string Name, Func<object> Read)[] facts =
        [
            ("os", () => guest.OperatingSystem), ("packages", () => guest.Packages), ("services", () => guest.Services), ("users", () => guest.Users),
            ("network", () => guest.Network), ("ssh", () => guest.Ssh), ("firewall", () => guest.Firewall), ("boot", () => guest.Boot),
            ("access control", () => guest.AccessControl), ("scheduling", () => guest.Scheduling), ("storage", () => guest.Storage),
            ("kernel settings", () => guest.KernelSettings), ("authentication", () => guest.Authentication), ("logging", () => guest.Logging),
            ("certificates", () => guest.Certificates),
        ];
        foreach (var (name, read) in facts)
        {
            read();
            Report(name);
        }

        Assert.InRange(cache.Statistics.BytesRead, 1, file.Length / 20);
        Assert.InRange(cache.Statistics.Waves, 1, 100);
    }
}
