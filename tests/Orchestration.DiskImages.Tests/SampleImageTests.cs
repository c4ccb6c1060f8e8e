using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests;

/// <summary>The whole stack, from stored bytes to files, over the sample image with its real Debian content.</summary>
public sealed class SampleImageTests
{
    [Fact]
    public void The_sample_reads_the_same_from_a_file_and_through_the_page_cache()
    {
        using var file = new FileByteSource(Path.Combine(RepositoryRoot.Path, "samples", "debian-12.qcow2"));
        using var cache = new PageCache(new SlowFetcher(file, TimeSpan.Zero), PageCacheOptions.Default with { PageSize = 4096, Capacity = 1024 * 1024 });

        var direct = Describe(file);
        var cached = Describe(cache);

        Assert.Equal(direct, cached);
        Assert.Contains(direct.Keys, path => path == "4/lib/dpkg/status");
        Assert.True(cache.Statistics.Waves < cache.Statistics.Requests, "requests share waves");
    }

    [RequiresToolTheory("qemu-img")]
    [InlineData("vdi", "vdi", "static=off")]
    [InlineData("vpc", "vhd", "force_size=on")]
    [InlineData("vhdx", "vhdx", "subformat=dynamic")]
    [InlineData("vmdk", "vmdk", "subformat=streamOptimized")]
    public void The_sample_reads_the_same_from_another_format(string tool, string format, string options)
    {
        var sample = Path.Combine(RepositoryRoot.Path, "samples", "debian-12.qcow2");
        using var folder = new TemporaryFolder();
        Tool.Run("qemu-img", "convert", "-O", tool, "-o", options, sample, folder["image"]);

        using var original = new FileByteSource(sample);
        using var converted = new FileByteSource(folder["image"]);
        using var cache = new PageCache(new SlowFetcher(converted, TimeSpan.Zero), PageCacheOptions.Default with { PageSize = 4096, Capacity = 1024 * 1024 });

        Assert.Equal(Describe(original), Describe(cache, format));
    }

    private static SortedDictionary<string, string> Describe(IByteSource stored, string format = "qcow2")
    {
        using var image = DiskImage.Open(stored, format);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var partition in PartitionTable.Read(image.Content).Partitions)
        {
            var volume = image.Content.Slice(partition.Offset, partition.Length);
            if (FileSystemDetector.Detect(volume)?.Type == "ext4")
            {
                foreach (var (path, line) in FileTree.Describe(FileSystemDetector.Open(volume)))
                {
                    all[$"{partition.Number}/{path}"] = line;
                }
            }
        }

        return all;
    }
}
