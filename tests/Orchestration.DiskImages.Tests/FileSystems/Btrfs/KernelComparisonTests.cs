using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Btrfs;

/// <summary>What the kernel writes is read as the kernel itself reads it.</summary>
public sealed class KernelComparisonTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>, IDisposable
{
    private const long ImageSize = 256 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkfs.btrfs", "getfattr", "setfattr")]
    [InlineData("-n 16384", "noatime")]
    [InlineData("-n 4096 -m dup --csum xxhash", "compress-force=zstd")]
    [InlineData("-m single --csum sha256", "compress-force=lzo")]
    [InlineData("-O ^no-holes --csum blake2", "compress-force=zlib")]
    [InlineData("--mixed -n 4096", "max_inline=0")]
    public void A_tree_written_by_the_kernel_is_read_back(string options, string mountOptions)
    {
        Tool.Run("mkfs.btrfs", ["-q", .. options.Split(' '), _folder.CreateSparse("image", ImageSize)]);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(_folder["image"], mountOptions, root =>
        {
            KernelWrites.Everything(root, sample.Root, 3000);
            WriteCompressible(Path.Combine(root, "compressible"));
            expected = ExactTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresLoopMountFact("mkfs.btrfs", "btrfs", "getfattr", "setfattr")]
    public void Subvolumes_and_snapshots_hang_where_the_kernel_shows_them()
    {
        CreateWithSubvolumes(root => Tool.Run("cp", "-a", sample.Root + "/.", Path.Combine(root, "@")));
        SortedDictionary<string, string> expected = [];
        SortedDictionary<string, string> expectedHome = [];
        LoopMount.While(_folder["image"], "", root => expected = ExactTree.Describe(root));
        LoopMount.While(_folder["image"], "subvol=folder/@home", root => expectedHome = ExactTree.Describe(root));

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var home = Assert.IsAssignableFrom<ISubvolumes>(fileSystem).OpenSubvolume("folder/@home");

        // The empty directory in place of a subvolume, in a snapshot, has no times: the kernel shows those of mounting.
        Assert.Equal(WithoutPlaceholders(expected), WithoutPlaceholders(ExactTree.Describe(fileSystem)));
        Assert.Contains("snapshots/first/nested", expected.Keys);
        Assert.Equal(expectedHome, ExactTree.Describe(home));
    }

    [RequiresLoopMountFact("mkfs.btrfs", "btrfs", "getfattr")]
    public void The_default_subvolume_is_the_root_and_the_top_level_can_be_opened()
    {
        CreateWithSubvolumes(root =>
        {
            File.WriteAllText(Path.Combine(root, "@", "in-default"), "1");
            Tool.Run("btrfs", "subvolume", "set-default", Path.Combine(root, "@"));
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var subvolumes = Assert.IsAssignableFrom<ISubvolumes>(fileSystem);

        Assert.NotNull(fileSystem.Lookup(fileSystem.Root, "in-default"));
        Assert.Equal(["/@", "/@/nested", "/folder/@home", "/snapshots/first"], subvolumes.SubvolumeIds.Keys.Order(StringComparer.Ordinal));
        var top = subvolumes.OpenSubvolume("/");
        Assert.NotNull(top.Lookup(top.Root, "@"));
        Assert.Equal(DiskImageError.NotFound, Assert.Throws<DiskImageException>(() => subvolumes.OpenSubvolume("@absent")).Error);
    }

    [RequiresLoopMountTheory("mkfs.btrfs", "btrfs", "getfattr", "setfattr")]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_and_attributes_whose_hashes_collide_are_all_found(bool isWrittenByKernel)
    {
        var tree = Directory.CreateDirectory(_folder["tree"]).FullName;
        foreach (var name in (string[])["file-1ke5hb", "file-q6aers", "file-1lh4gy", "file-xeortp"])
        {
            File.WriteAllText(Path.Combine(tree, name), name);
        }

        foreach (var name in (string[])["user.em4872", "user.snskmw", "user.99m82m", "user.clq2es"])
        {
            Tool.Run("setfattr", "-n", name, "-v", "value of " + name, Path.Combine(tree, "file-q6aers"));
        }

        var image = _folder.CreateSparse("image", ImageSize);
        Tool.Run("mkfs.btrfs", ["-q", .. isWrittenByKernel ? [] : (string[])["--rootdir", tree], image]);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(image, "", root =>
        {
            Tool.Run("cp", "-a", tree + "/.", root);
            expected = ExactTree.Describe(root);
        });

        using var source = new FileByteSource(image);
        var fileSystem = FileSystemDetector.Open(source);

        // 30 bytes and a name of 11, twice in one item.
        Assert.Contains("itemsize 82", Tool.Run("btrfs", "inspect-internal", "dump-tree", "-t", "5", image), StringComparison.Ordinal);
        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.All(expected.Keys.Where(name => name.Length > 0), name => Assert.NotNull(fileSystem.Lookup(fileSystem.Root, name)));
    }

    private void CreateWithSubvolumes(Action<string> fill)
    {
        Tool.Run("mkfs.btrfs", "-q", _folder.CreateSparse("image", ImageSize));
        LoopMount.While(_folder["image"], "", root =>
        {
            string At(string path) => Path.Combine(root, path);
            Directory.CreateDirectory(At("folder"));
            Directory.CreateDirectory(At("snapshots"));
            foreach (var path in (string[])["@", "@/nested", "folder/@home"])
            {
                Tool.Run("btrfs", "subvolume", "create", At(path));
            }

            File.WriteAllText(At("folder/@home/mine"), "content");
            fill(root);
            Tool.Run("btrfs", "subvolume", "snapshot", At("@"), At("snapshots/first"));
            File.WriteAllText(At("@/after-the-snapshot"), "content");
        });
    }

    private static IEnumerable<KeyValuePair<string, string>> WithoutPlaceholders(SortedDictionary<string, string> tree) =>
        tree.Where(pair => pair.Key != "snapshots/first/nested");

    private static void WriteCompressible(string path)
    {
        using var file = new StreamWriter(path);
        for (var line = 0; line < 20_000; line++)
        {
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"line {line} of a text that repeats itself, {line % 7} times"));
        }
    }
}
