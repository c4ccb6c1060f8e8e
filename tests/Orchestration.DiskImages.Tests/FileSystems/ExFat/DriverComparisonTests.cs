using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.ExFat;

/// <summary>What exfat-fuse writes is read as it reads it itself.</summary>
public sealed class DriverComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkfs.exfat", "mount.exfat-fuse")]
    [InlineData("-c 512")]
    [InlineData("-c 32K")]
    public void A_tree_written_by_the_driver_is_read_back(string options)
    {
        SortedDictionary<string, string> expected = [];
        Create(options, root =>
        {
            Write(root);
            expected = FileTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        // The driver shows all modes as 777 for want of any.
        Assert.Equal(WithoutModes(expected), WithoutModes(FileTree.Describe(fileSystem)));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresLoopMountFact("mkfs.exfat", "mount.exfat-fuse")]
    public void Names_are_found_in_any_case()
    {
        Create("-c 4K", root => File.WriteAllText(Path.Combine(root, "Ein Name mit Übergröße.txt"), "content"));

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        Assert.Equal("Ein Name mit Übergröße.txt", fileSystem.Lookup(fileSystem.Root, "EIN NAME MIT ÜBERGRÖßE.TXT")?.Name);
    }

    [RequiresLoopMountFact("mkfs.exfat", "mount.exfat-fuse")]
    public void A_file_can_be_asked_for_by_a_reader_that_did_not_list_its_directory()
    {
        Create("-c 512", root => KernelWrites.Many(Path.Combine(root, "many"), 100, 60));
        using var source = new FileByteSource(_folder["image"]);
        var listed = FileSystemDetector.Open(source);
        var nodes = listed.ReadDirectory(FileTree.Find(listed, "many")).Select(entry => listed.GetNode(entry.NodeId)).ToList();

        var other = FileSystemDetector.Open(source);

        Assert.Equal(nodes, nodes.Select(node => other.GetNode(node.Id)));
    }

    [RequiresLoopMountFact("mkfs.exfat", "mount.exfat-fuse")]
    public void A_damaged_boot_sector_is_replaced_by_its_copy()
    {
        Create("-c 4K", root => File.WriteAllText(Path.Combine(root, "file"), "content"));
        var bytes = File.ReadAllBytes(_folder["image"]);
        bytes[0x60] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.NotNull(fileSystem.Lookup(fileSystem.Root, "file"));
        Assert.Contains("its copy is used", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresLoopMountFact("mkfs.exfat", "mount.exfat-fuse")]
    public void An_entry_with_a_wrong_checksum_is_not_shown_and_said_to_be_missing()
    {
        Create("-c 4K", root => File.WriteAllText(Path.Combine(root, "file"), "content"));
        var bytes = File.ReadAllBytes(_folder["image"]);
        bytes[FindFile(bytes) + 12] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Empty(fileSystem.ReadDirectory(fileSystem.Root));
        Assert.Contains("wrong checksum", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    private void Create(string options, Action<string> write)
    {
        Tool.Run("mkfs.exfat", [.. options.Split(' '), _folder.CreateSparse("image", 128 * 1024 * 1024)]);
        LoopMount.While(_folder["image"], "", write, "exfat-fuse");
    }

    // The first set of a file: its type, two entries that follow, and then the type of the content's entry.
    private static int FindFile(byte[] bytes) => Enumerable.Range(0, bytes.Length / 32).Select(entry => entry * 32).First(at => bytes[at] == 0x85 && bytes[at + 1] == 2 && bytes[at + 32] == 0xc0);

    private static void Write(string root)
    {
        string At(string path) => Path.Combine(root, path);
        KernelWrites.Many(At("many"), 300, 60);
        KernelWrites.Fragmented(At("fragmented"), At("other"));
        File.WriteAllBytes(At("contiguous"), SlowFetcher.CreatePattern(1_000_000));
        File.WriteAllText(At("empty"), "");
        File.WriteAllText(At(new string('n', 200) + "-名前"), "long");
        File.SetLastWriteTimeUtc(At("contiguous"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
    }

    private static Dictionary<string, string> WithoutModes(SortedDictionary<string, string> tree) =>
        tree.ToDictionary(pair => pair.Key, pair => pair.Value[(pair.Value.IndexOf(' ', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal);
}
