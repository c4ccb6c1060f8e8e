using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
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
        Create(options);
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
        Create("-c 4096");
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
        Create("-c 4096");
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

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr")]
    public void Files_that_the_overlay_filter_takes_from_an_archive_are_refused_by_name()
    {
        Create("-c 4096");
        LoopMount.While(_folder["image"], "", root =>
        {
            File.WriteAllText(Path.Combine(root, "file"), "stored otherwise");
            Tool.Run("setfattr", "-h", "-n", "system.ntfs_reparse_data", "-v", "0x170000801000000001000000010000000100000000000000", Path.Combine(root, "file"));
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(FileTree.Find(fileSystem, "file"), 0, new byte[10]));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("provider 1 of the Overlay Filter", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkntfs")]
    public void A_volume_marked_as_dirty_is_warned_of()
    {
        Create("-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);

        // The flags of the volume information stand at its end, in the fourth file record: version 3.1, then none.
        var record = bytes.AsSpan().IndexOf("FILE"u8) + 3 * 1024;
        var information = bytes.AsSpan(record, 1024).IndexOf((ReadOnlySpan<byte>)[3, 1, 0, 0]);
        bytes[record + information + 2] = 1;

        Assert.Contains("dirty", Assert.Single(FileSystemDetector.Open(new MemoryByteSource(bytes)).Warnings), StringComparison.Ordinal);
    }

    [RequiresToolTheory("mkntfs")]
    [InlineData(0, 0, true)]
    [InlineData(0, 2, false)]
    [InlineData(0xffff, 0, false)]
    public void A_log_with_changes_to_replay_is_warned_of(ushort client, ushort flags, bool isWarned)
    {
        Create("-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);

        // A fresh log is full of ones. A restart page says whether somebody uses the log, and in its flags whether it was closed.
        const int PageLength = 4096;
        var page = bytes.AsSpan(bytes.AsSpan().IndexOf(Enumerable.Repeat(byte.MaxValue, 16 * PageLength).ToArray()));
        "RSTR"u8.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[24..], 48);
        BinaryPrimitives.WriteUInt16LittleEndian(page[(48 + 12)..], client);
        BinaryPrimitives.WriteUInt16LittleEndian(page[(48 + 14)..], flags);

        var warnings = FileSystemDetector.Open(new MemoryByteSource(bytes)).Warnings;

        Assert.Equal(isWarned, warnings.Any(warning => warning.Contains("only its log holds", StringComparison.Ordinal)));
    }

    [RequiresToolFact("mkntfs")]
    public void A_file_record_that_was_not_wholly_written_is_refused()
    {
        Create("-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);
        foreach (var first in FindFirstRecords(bytes))
        {
            bytes[first + 510] ^= 1;
        }

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Contains("was not written with the others", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkntfs")]
    public void A_master_file_table_whose_first_record_is_damaged_is_found_by_its_copy()
    {
        Create("-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);
        bytes[FindFirstRecords(bytes)[0] + 510] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal("label", fileSystem.Identity.Label);
        Assert.Contains("its copy is used", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g")]
    [InlineData("hibr", 1)]
    [InlineData("wake", 0)]
    public void A_hibernated_system_is_warned_of(string signature, int warnings)
    {
        Create("-c 4096");
        LoopMount.While(_folder["image"], "", root => File.WriteAllText(Path.Combine(root, "hiberfil.sys"), signature.PadRight(5000)));

        using var source = new FileByteSource(_folder["image"]);

        Assert.Equal(warnings, FileSystemDetector.Open(source).Warnings.Count(warning => warning.Contains("hibernated", StringComparison.Ordinal)));
    }

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g")]
    public void Encrypted_files_are_refused_by_name()
    {
        Create("-c 4096");
        LoopMount.While(_folder["image"], "", root => File.WriteAllText(Path.Combine(root, "secret"), new string('s', 10_000)));
        var bytes = File.ReadAllBytes(_folder["image"]);

        // In the last record with the name, its data attribute, of type 0x80, says in its flags that it is encrypted (EFS).
        var record = FindRecords(bytes, "secret")[^1];
        var attribute = record + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(record + 20));
        while (bytes[attribute] != 0x80)
        {
            attribute += BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(attribute + 4));
        }

        bytes[attribute + 13] |= 0x40;
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "secret");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[10]));

        Assert.Contains("EFS", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr")]
    public void Deduplicated_files_are_refused_by_name_and_the_others_are_read()
    {
        Create("-c 4096");
        LoopMount.While(_folder["image"], "", root =>
        {
            File.WriteAllText(Path.Combine(root, "plain"), "plain");
            using (var file = File.Create(Path.Combine(root, "deduplicated")))
            {
                file.SetLength(100_000);
            }

            // A server leaves the length, and in place of the content a reparse point (IO_REPARSE_TAG_DEDUP) that names chunks in its store.
            Tool.Run("setfattr", "-h", "-n", "system.ntfs_reparse_data", "-v", "0x13000080100000000102780000000000a0860100000000ff", Path.Combine(root, "deduplicated"));
        });
        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        var file = FileTree.Find(fileSystem, "deduplicated");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[10]));

        Assert.Equal((FileKind.Regular, 100_000L, DiskImageError.Unsupported), (file.Kind, file.Size, exception.Error));
        Assert.Contains("dedup", exception.Rule, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("plain"u8, FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "plain")));
    }

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g", "setfattr")]
    [InlineData(0x1000u)]
    [InlineData(0x40000u)]
    [InlineData(0x400000u)]
    public void Files_whose_content_is_only_in_the_cloud_are_refused_by_name_and_not_read_as_zeros(uint flag)
    {
        Create("-c 4096");
        LoopMount.While(_folder["image"], "", root =>
        {
            using (var file = File.Create(Path.Combine(root, "in-the-cloud")))
            {
                file.SetLength(100_000);
            }

            // IO_REPARSE_TAG_CLOUD_6, which files that are here as well have too.
            Tool.Run("setfattr", "-h", "-n", "system.ntfs_reparse_data", "-v", "0x1a60009008000000" + "0102030405060708", Path.Combine(root, "in-the-cloud"));
        });
        var bytes = File.ReadAllBytes(_folder["image"]);
        var here = FileSystemDetector.Open(new MemoryByteSource(bytes.ToArray()));

        // The standard information comes first: 24 bytes of header, then four times and the flags.
        var record = FindRecords(bytes, "in-the-cloud")[^1];
        var flags = bytes.AsSpan(record + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(record + 20)) + 24 + 32);
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) | flag);
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "in-the-cloud");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[10]));

        Assert.Equal((FileKind.Regular, 100_000L, DiskImageError.Unsupported), (file.Kind, file.Size, exception.Error));
        Assert.Contains("stored elsewhere (reparse tag 0x9000601a)", exception.Rule, StringComparison.Ordinal);
        Assert.Equal(new byte[100_000], FileTree.ReadAll(here, FileTree.Find(here, "in-the-cloud")));
    }

    // The first record of the master file table and its copy, which begin with the same name.
    private static List<int> FindFirstRecords(byte[] bytes) => [.. FindRecords(bytes, "$MFT").Except(FindRecords(bytes, "$MFTMirr")).Where(at => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 44)) == 0)];

    private static List<int> FindRecords(byte[] bytes, string name) =>
    [
        .. Enumerable.Range(0, bytes.Length / 1024).Select(record => record * 1024)
            .Where(at => bytes.AsSpan(at).StartsWith("FILE"u8) && bytes.AsSpan(at, 1024).IndexOf(Encoding.Unicode.GetBytes(name)) > 0),
    ];

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

    private void Create(string options) =>
        Tool.Run("mkntfs", ["-q", "-F", "-f", "-L", "label", .. options.Split(' '), _folder.CreateSparse("image", 128 * 1024 * 1024)]);

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
