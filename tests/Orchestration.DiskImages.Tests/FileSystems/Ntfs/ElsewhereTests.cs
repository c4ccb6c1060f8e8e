using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ntfs;

/// <summary>Files whose content is not in their streams, or not readable there.</summary>
public sealed class ElsewhereTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr")]
    public void Files_that_the_overlay_filter_takes_from_an_archive_are_refused_by_name()
    {
        NtfsImage.Create(_folder, "-c 4096");
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

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g")]
    public void Encrypted_files_are_refused_by_name()
    {
        NtfsImage.Create(_folder, "-c 4096");
        LoopMount.While(_folder["image"], "", root => File.WriteAllText(Path.Combine(root, "secret"), new string('s', 10_000)));
        var bytes = File.ReadAllBytes(_folder["image"]);

        // In the last record with the name, its data attribute, of type 0x80, says in its flags that it is encrypted (EFS).
        var record = NtfsImage.FindRecords(bytes, "secret")[^1];
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
        NtfsImage.Create(_folder, "-c 4096");
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
        NtfsImage.Create(_folder, "-c 4096");
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
        var record = NtfsImage.FindRecords(bytes, "in-the-cloud")[^1];
        var flags = bytes.AsSpan(record + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(record + 20)) + 24 + 32);
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) | flag);
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "in-the-cloud");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[10]));

        Assert.Equal((FileKind.Regular, 100_000L, DiskImageError.Unsupported), (file.Kind, file.Size, exception.Error));
        Assert.Contains("stored elsewhere (reparse tag 0x9000601a)", exception.Rule, StringComparison.Ordinal);
        Assert.Equal(new byte[100_000], FileTree.ReadAll(here, FileTree.Find(here, "in-the-cloud")));
    }
}
