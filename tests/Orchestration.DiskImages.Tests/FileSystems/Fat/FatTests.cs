using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Fat;

/// <summary>What mtools writes is read back.</summary>
public sealed class FatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mkfs.vfat", "mcopy", "mdel")]
    [InlineData("-F 12 -s 64")]
    [InlineData("-F 16 -s 4")]
    [InlineData("-F 32 -s 1")]
    [InlineData("-F 16 -s 8")]
    public void A_tree_written_by_mtools_is_read_back(string options)
    {
        var tree = CreateTree();
        Create(options, tree);

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var found = FileTree.Describe(fileSystem, withTimes: false).ToDictionary(pair => pair.Key, pair => Content(pair.Value), StringComparer.Ordinal);

        Assert.Equal(FileTree.Describe(tree, withTimes: false).ToDictionary(pair => pair.Key, pair => Content(pair.Value), StringComparer.Ordinal), found);
        var dated = FileTree.Find(fileSystem, "many/file number 7 of many.text");
        Assert.Equal(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero), dated.Modified);
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresToolFact("mkfs.vfat", "mcopy", "mattrib")]
    public void Names_are_found_in_any_case_and_by_their_short_forms()
    {
        Create("-F 32 -s 1", CreateTree());
        MTools("mattrib", "+r", "-i", _folder["image"], "::/SHORT.TXT");

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var many = FileTree.Find(fileSystem, "MANY");

        Assert.Equal(fileSystem.Lookup(many, "file number 7 of many.text"), fileSystem.Lookup(many, "FILE Number 7 of many.TEXT"));
        Assert.NotNull(fileSystem.Lookup(many, "FILENU~1.TEX"));
        Assert.Equal(0b101_101_101, FileTree.Find(fileSystem, "SHORT.TXT").Permissions);
        Assert.Equal("LABEL", fileSystem.Identity.Label);
    }

    [RequiresToolFact("mkfs.vfat", "mcopy")]
    public void A_chain_of_clusters_that_is_a_circle_is_refused()
    {
        Create("-F 32 -s 1", CreateTree());
        var bytes = File.ReadAllBytes(_folder["image"]);
        var table = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(0x0e)) * 512;

        // Every cluster that is followed by the next is made to follow itself.
        for (var cluster = 3; cluster < 60_000; cluster++)
        {
            var entry = bytes.AsSpan(table + cluster * 4, 4);
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == cluster + 1)
            {
                BinaryPrimitives.WriteInt32LittleEndian(entry, cluster);
            }
        }

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var exception = Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "large")));

        Assert.Contains("circle", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.vfat", "mcopy")]
    public void A_file_larger_than_its_chain_is_refused()
    {
        Create("-F 32 -s 1", CreateTree());
        var bytes = File.ReadAllBytes(_folder["image"]);
        var entry = bytes.AsSpan().IndexOf("SHORT   TXT"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(entry + 28), 1_000_000);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var exception = Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "SHORT.TXT")));

        Assert.Contains("1000000 bytes", exception.Rule, StringComparison.Ordinal);
    }

    // The line of a file without its mode, which FAT does not keep.
    private static string Content(string line) => line[line.IndexOf(' ', StringComparison.Ordinal)..];

    private string CreateTree()
    {
        var root = Directory.CreateDirectory(_folder["tree"]).FullName;
        var random = new Random(5);
        var content = new byte[300_000];
        random.NextBytes(content);
        File.WriteAllBytes(Path.Combine(root, "large"), content);
        File.WriteAllBytes(Path.Combine(root, "SHORT.TXT"), content[..700]);
        File.WriteAllText(Path.Combine(root, "lower.txt"), "lower");
        File.WriteAllText(Path.Combine(root, "empty"), "");
        File.WriteAllText(Path.Combine(root, "Übergröße 名前.txt"), "unicode");
        File.WriteAllText(Path.Combine(root, new string('l', 200) + ".long"), "long");
        var many = Directory.CreateDirectory(Path.Combine(root, "many", "deeper", "still")).Parent?.Parent?.FullName ?? root;
        for (var index = 0; index < 120; index++)
        {
            File.WriteAllBytes(Path.Combine(many, FormattableString.Invariant($"file number {index} of many.text")), content[..(index * 50)]);
        }

        File.SetLastWriteTimeUtc(Path.Combine(many, "file number 7 of many.text"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        return root;
    }

    // A file removed again leaves deleted entries, and a gap that later chains fill.
    private void Create(string options, string tree)
    {
        Tool.Run("mkfs.vfat", [.. options.Split(' '), "-n", "LABEL", _folder.CreateSparse("image", 64 * 1024 * 1024)]);
        MTools("mcopy", "-i", _folder["image"], Path.Combine(tree, "large"), "::/a long name of a file to be removed");
        MTools("mcopy", "-i", _folder["image"], Path.Combine(tree, "SHORT.TXT"), "::/SHORT.TXT");
        MTools("mdel", "-i", _folder["image"], "::/a long name of a file to be removed");
        MTools(["mcopy", "-s", "-m", "-n", "-D", "o", "-i", _folder["image"], .. Directory.EnumerateFileSystemEntries(tree), "::/"]);
    }

    private static void MTools(params string[] command) => Tool.Run("env", ["TZ=UTC", "LC_ALL=C.UTF-8", "MTOOLS_SKIP_CHECK=1", .. command]);
}
