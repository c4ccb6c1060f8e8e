using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Btrfs;

/// <summary>File systems on several devices, and on fewer than there should be or damaged ones, where copies or parity make up for it.</summary>
public sealed class BtrfsDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<FileByteSource> _sources = [];

    public void Dispose()
    {
        _sources.ForEach(source => source.Dispose());
        _folder.Dispose();
    }

    [RequiresLoopMountTheory("mkfs.btrfs")]
    [InlineData("raid0", 3)]
    [InlineData("raid1", 3)]
    [InlineData("raid10", 4)]
    [InlineData("raid1c3", 3)]
    [InlineData("raid5", 3)]
    [InlineData("raid6", 4)]
    public void A_tree_over_several_devices_is_read_back(string profile, int count)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        var devices = Create(profile, count, tree);

        var fileSystem = FileSystemDetector.Open(devices[^1], [.. devices[..^1]]);

        Assert.Equal(FileTree.Describe(tree), FileTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresLoopMountFact("mkfs.btrfs")]
    public void A_mirror_is_read_with_a_device_missing_and_says_so()
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        var devices = Create("raid1", 2, tree);

        var fileSystem = FileSystemDetector.Open(devices[1]);

        Assert.Equal(FileTree.Describe(tree), FileTree.Describe(fileSystem));
        Assert.Contains("1 of the 2 devices", fileSystem.Warnings[0], StringComparison.Ordinal);
    }

    [RequiresLoopMountTheory("mkfs.btrfs")]
    [InlineData("raid10", 4, 0, 3)]
    [InlineData("raid5", 3, 1)]
    [InlineData("raid5", 5, 4)]
    [InlineData("raid6", 3, 0, 2)]
    [InlineData("raid6", 5, 3)]
    [InlineData("raid6", 5, 1, 2)]
    [InlineData("raid6", 5, 0, 4)]
    public void A_tree_is_read_back_while_copies_or_parity_make_up_for_missing_devices(string profile, int count, params int[] missing)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        File.WriteAllBytes(Path.Combine(tree, "over-many-stripes"), SlowFetcher.CreatePattern(3_000_000));
        var devices = Create(profile, count, tree);

        var fileSystem = OpenWithout(devices, missing);

        Assert.Equal(FileTree.Describe(tree), FileTree.Describe(fileSystem));
    }

    [RequiresLoopMountTheory("mkfs.btrfs")]
    [InlineData("raid5", 3, 0, 1)]
    [InlineData("raid6", 4, 0, 1, 2)]
    public void More_missing_devices_than_there_is_parity_for_are_refused_by_number(string profile, int count, params int[] missing)
    {
        var devices = Create(profile, count, SampleTree.Create(_folder, largeDirectory: 50));

        var exception = Assert.Throws<DiskImageException>(() => FileTree.Describe(OpenWithout(devices, missing)));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Matches("device [1-4],? which .*is not there", exception.Rule);
    }

    [RequiresLoopMountTheory("mkfs.btrfs")]
    [InlineData("raid5", 3)]
    [InlineData("raid6", 4)]
    public void What_is_damaged_on_one_device_is_restored_by_parity_and_told_of(string profile, int count)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        File.WriteAllBytes(Path.Combine(tree, "over-many-stripes"), SlowFetcher.CreatePattern(3_000_000));
        var devices = Create(profile, count, tree);
        var damaged = File.ReadAllBytes(_folder["device-1"]);
        for (var offset = 8 * 1024 * 1024; offset < damaged.Length; offset += 4096)
        {
            damaged[offset + 77] ^= 1;
        }

        var fileSystem = FileSystemDetector.Open(devices[0], [new MemoryByteSource(damaged), .. devices[2..]]);

        Assert.Equal(FileTree.Describe(tree), FileTree.Describe(fileSystem));
        Assert.Contains(fileSystem.Warnings, warning => warning.Contains("another is right", StringComparison.Ordinal));
    }

    [RequiresLoopMountTheory("mkfs.btrfs")]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_data_of_raid6_is_restored_by_one_parity_where_the_other_is_damaged_too(bool isFirstDamaged)
    {
        const int Sector = 4096;
        const int Stripe = 64 * 1024;
        var tree = Directory.CreateDirectory(_folder["tree"]).FullName;
        var content = SlowFetcher.CreatePattern(3_000_000);
        File.WriteAllBytes(Path.Combine(tree, "file"), content);
        Create("raid6", 4, tree);
        var disks = Enumerable.Range(0, 4).Select(index => File.ReadAllBytes(_folder[string.Create(CultureInfo.InvariantCulture, $"device-{index}")])).ToList();

        // Of three stripes that follow each other, two are in one row.
        var (data, parity) = new[] { 0, Stripe }.Select(position => (content[position..(position + Sector)], SumOf(content.AsSpan(position, Sector), content.AsSpan(position + Stripe, Sector), isFirstDamaged)))
            .Single(pair => disks.Exists(disk => disk.AsSpan().IndexOf(pair.Item2) >= 0));
        foreach (var damaged in (byte[][])[data, parity])
        {
            var disk = disks.Single(disk => disk.AsSpan().IndexOf(damaged) >= 0).AsSpan();
            disk.Slice(disk.IndexOf(damaged), Sector).Clear();
        }

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(disks[0]), [.. disks[1..].Select(disk => new MemoryByteSource(disk))]);

        Assert.Equal(content, FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "file")));
    }

    [RequiresLoopMountFact("mkfs.btrfs")]
    public void Stripes_on_a_missing_device_are_refused_by_its_number()
    {
        var devices = Create("raid0", 2, SampleTree.Create(_folder, largeDirectory: 50));

        var exception = Assert.Throws<DiskImageException>(() => FileTree.Describe(FileSystemDetector.Open(devices[0])));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("device 2, which is not there", exception.Rule, StringComparison.Ordinal);
    }

    private static byte[] SumOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool isPlain)
    {
        var sum = first.ToArray();
        GaloisField.AddProduct(sum, second, isPlain ? (byte)1 : GaloisField.Power(1));
        return sum;
    }

    private static IFileSystem OpenWithout(List<IByteSource> devices, int[] missing)
    {
        var there = devices.Where((_, index) => !missing.Contains(index)).ToList();
        return FileSystemDetector.Open(there[0], [.. there[1..]]);
    }

    private List<IByteSource> Create(string profile, int count, string tree)
    {
        var paths = Enumerable.Range(0, count).Select(index => _folder.CreateSparse(string.Create(CultureInfo.InvariantCulture, $"device-{index}"), 128 * 1024 * 1024)).ToList();
        Tool.Run("mkfs.btrfs", ["-q", "-d", profile, "-m", profile, .. paths]);
        LoopMount.WhileTogether(paths, root => Tool.Run("cp", "-a", tree + "/.", root));
        _sources.AddRange(paths.Select(path => new FileByteSource(path)));
        return [.. _sources];
    }
}
