using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Iso9660;

/// <summary>The folder that genisoimage and xorriso store is read back from what they made of it.</summary>
public sealed partial class ToolComparisonTests(WrittenTreeFixture written) : IClassFixture<WrittenTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("genisoimage", "xorriso", "getfattr", "setfattr")]
    [InlineData("genisoimage", "-quiet -R")]
    [InlineData("genisoimage", "-quiet -R -J -joliet-long")]
    [InlineData("xorriso", "-as mkisofs -quiet -R -J")]
    public void A_tree_with_Rock_Ridge_is_read_back(string tool, string options)
    {
        var tree = CopyWithDepth();
        if (tool == "xorriso")
        {
            // genisoimage never ends with it.
            File.CreateSymbolicLink(Path.Combine(tree, "of-sixty-components"), "/" + string.Join('/', Enumerable.Range(1, 60).Select(level => string.Create(CultureInfo.InvariantCulture, $"component-{level}"))));
        }

        Tool.Run(tool, [.. options.Split(' '), "-o", _folder["image"], tree]);

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(Stored(ExactTree.Describe(tree)), Stored(ExactTree.Describe(fileSystem)));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresToolFact("genisoimage")]
    public void Names_of_Joliet_are_read_and_found_in_any_case()
    {
        var tree = CreateNamed("Ein längerer Name mit 名前.text");
        Tool.Run("genisoimage", "-quiet", "-J", "-o", _folder["image"], tree);

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var entry = Assert.Single(fileSystem.ReadDirectory(fileSystem.Root));

        Assert.Equal("Ein längerer Name mit 名前.text", entry.Name);
        Assert.Equal(entry, fileSystem.Lookup(fileSystem.Root, "EIN LÄNGERER NAME MIT 名前.TEXT"));
        Assert.Equal("content"u8.ToArray(), FileTree.ReadAll(fileSystem, fileSystem.GetNode(entry.NodeId)));
    }

    [RequiresToolTheory("genisoimage")]
    [InlineData("readme.txt", "readme.txt")]
    [InlineData("noextension", "noextens")]
    public void Plain_names_lose_their_versions(string stored, string name)
    {
        Tool.Run("genisoimage", "-quiet", "-o", _folder["image"], CreateNamed(stored));

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var entry = Assert.Single(fileSystem.ReadDirectory(fileSystem.Root));

        Assert.Equal(name, entry.Name);
        Assert.Equal(entry, fileSystem.Lookup(fileSystem.Root, name.ToUpperInvariant()));
    }

    [RequiresToolFact("xorriso")]
    public void Compressed_files_are_refused_by_name()
    {
        var tree = CreateNamed("compressed");
        File.WriteAllBytes(Path.Combine(tree, "compressed"), new byte[100_000]);
        Tool.Run("xorriso", "-report_about", "WARNING", "-outdev", _folder["image"], "-map", tree, "/", "-set_filter", "--zisofs", "/compressed");

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var file = FileTree.Find(fileSystem, "compressed");
        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[10]));

        Assert.Equal(100_000, file.Size);
        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("zisofs", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("genisoimage")]
    public void A_volume_to_boot_from_says_so()
    {
        Tool.Run("genisoimage", "-quiet", "-R", "-b", "boot.img", "-no-emul-boot", "-o", _folder["image"], CreateNamed("boot.img"));

        using var source = new FileByteSource(_folder["image"]);

        Assert.Contains("El Torito", Assert.Single(FileSystemDetector.Open(source).Warnings), StringComparison.Ordinal);
    }

    private string CreateNamed(string name)
    {
        var tree = Directory.CreateDirectory(_folder["tree"]).FullName;
        File.WriteAllText(Path.Combine(tree, name), "content");
        return tree;
    }

    // Directories below the eighth level are moved where ISO 9660 allows them, and shown where they belong.
    private string CopyWithDepth()
    {
        Tool.Run("cp", "-a", written.Root, _folder["tree"]);
        var deepest = Path.Combine(_folder["tree"], string.Join('/', Enumerable.Range(1, 12).Select(level => string.Create(CultureInfo.InvariantCulture, $"level-{level}"))));
        Directory.CreateDirectory(deepest);
        File.WriteAllText(Path.Combine(deepest, "deep"), "content");
        File.CreateSymbolicLink(Path.Combine(deepest, "dots"), "../.././etc/hostname");

        // Components of links can be no longer than names.
        File.Delete(Path.Combine(_folder["tree"], "link-of-nine-hundred"));
        File.Delete(Path.Combine(_folder["tree"], "link-of-1023"));

        // Some tools store what the access list gives the group as its mode, others what the kernel shows.
        File.Delete(Path.Combine(_folder["tree"], "listed"));
        return _folder["tree"];
    }

    // Times have whole seconds and no more than 255 years; there are no extended attributes; links of directories are counted by each tool in its own way.
    private static SortedDictionary<string, string> Stored(SortedDictionary<string, string> tree) => new(
        tree.Where(pair => pair.Key is not ("" or "late" or "rr_moved")).ToDictionary(
            pair => pair.Key,
            pair => DirectoryLinks().Replace(Times().Replace(Attributes().Replace(pair.Value, ""), time => $" modified {time.Groups[1].Value}"), "$1 links"),
            StringComparer.Ordinal),
        StringComparer.Ordinal);

    [GeneratedRegex(@" modified (-?\d+)\d{7} changed -?\d+")]
    private static partial Regex Times();

    [GeneratedRegex(@" [a-z]+\.[^ =]+=0x[0-9a-f]*")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"^(d .*) links \d+")]
    private static partial Regex DirectoryLinks();
}
