using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ntfs;

/// <summary>What ntfs-3g writes is read as ntfs-3g itself reads it.</summary>
public sealed class DriverComparisonTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g", "getfattr", "setfattr")]
    [InlineData("-c 4096")]
    [InlineData("-c 512")]
    [InlineData("-c 65536 -s 4096")]
    public void A_tree_written_by_the_driver_is_read_back(string options)
    {
        NtfsImage.Create(_folder, options);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(_folder["image"], "compression", root =>
        {
            string At(string path) => Path.Combine(root, path);
            Tool.Run("sh", "-c", "cp -a \"$1/.\" \"$2\" && find \"$2\" -type l -delete", "sh", sample.Root, root);
            KernelWrites.Many(At("thousands"), 500, 60);
            KernelWrites.Fragmented(At("fragmented"), At("other"));
            WriteCompressed(root);
            Tool.Run("cp", "-l", At("etc/hostname"), At("hard-link"));
            Tool.Run("setfattr", "-n", "user.stream", "-v", "a named stream", At("etc/hostname"));
            Tool.Run("setfattr", "-n", "user.larger-stream", "-v", new string('s', 20_000), At("etc/hostname"));
            expected = ExactTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr")]
    public void Names_are_found_in_any_case_and_by_their_short_forms()
    {
        NtfsImage.Create(_folder, "-c 4096");
        LoopMount.While(_folder["image"], "", root =>
        {
            var path = Path.Combine(root, "A longer Name with Übergröße.txt");
            File.WriteAllText(path, "content");
            Tool.Run("setfattr", "-n", "system.ntfs_dos_name", "-v", "ALONGE~1.TXT", path);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var entry = Assert.Single(fileSystem.ReadDirectory(fileSystem.Root));

        Assert.Equal("A longer Name with Übergröße.txt", entry.Name);
        Assert.Equal(entry, fileSystem.Lookup(fileSystem.Root, "a LONGER name WITH üBERGRÖßE.TXT"));
        Assert.Equal(entry.NodeId, fileSystem.Lookup(fileSystem.Root, "alonge~1.txt")?.NodeId);
        Assert.Equal(1u, fileSystem.GetNode(entry.NodeId).LinkCount);
        Assert.Equal("label", fileSystem.Identity.Label);
    }

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g", "setfattr")]
    [InlineData(0xa000000cu, true, @"..\folder\file", "../folder/file")]
    [InlineData(0xa000000cu, false, @"\??\C:\Windows\Temp", "C:/Windows/Temp")]
    [InlineData(0xa0000003u, false, @"\??\Volume{01234567-89ab-cdef-0123-456789abcdef}\", "Volume{01234567-89ab-cdef-0123-456789abcdef}/")]
    public void Symbolic_links_and_junctions_lead_where_they_say(uint tag, bool isRelative, string stored, string target)
    {
        NtfsImage.Create(_folder, "-c 4096");
        LoopMount.While(_folder["image"], "", root =>
        {
            var path = Directory.CreateDirectory(Path.Combine(root, "link")).FullName;
            Tool.Run("setfattr", "-h", "-n", "system.ntfs_reparse_data", "-v", "0x" + Convert.ToHexString(BuildReparsePoint(tag, isRelative, stored)), path);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var link = FileTree.Find(fileSystem, "link");

        Assert.Equal(FileKind.SymbolicLink, link.Kind);
        Assert.Equal(target, fileSystem.ReadLink(link));
    }

    private static byte[] BuildReparsePoint(uint tag, bool isRelative, string target)
    {
        var name = Encoding.Unicode.GetBytes(target);
        var isLink = tag == 0xa000000c;
        var value = new byte[(isLink ? 20 : 16) + 2 * name.Length + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(4), (ushort)(value.Length - 8));
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(10), (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(12), (ushort)(name.Length + 2));
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(14), (ushort)name.Length);
        value[16] = isLink && isRelative ? (byte)1 : value[16];
        var names = isLink ? 20 : 16;
        name.CopyTo(value, names);
        name.CopyTo(value, names + name.Length + 2);
        return value;
    }

    // Files made in a compressed folder are compressed: text well, noise not at all, and holes of zeros to nothing.
    private static void WriteCompressed(string root)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "compressed")).FullName;
        Tool.Run("setfattr", "-n", "system.ntfs_attrib", "-v", "0x00080000", folder);
        var noise = new byte[300_000];
        new Random(3).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(folder, "noise"), noise);
        File.WriteAllBytes(Path.Combine(folder, "zeros"), new byte[500_000]);
        File.WriteAllText(Path.Combine(folder, "text"), string.Concat(Enumerable.Range(0, 20_000).Select(line => string.Create(CultureInfo.InvariantCulture, $"line {line} of a text\n"))));
        File.WriteAllBytes(Path.Combine(folder, "mixed"), [.. new byte[70_000], .. noise, .. Enumerable.Repeat((byte)'r', 200_000)]);
        File.WriteAllText(Path.Combine(folder, "small"), "resident");
    }
}
