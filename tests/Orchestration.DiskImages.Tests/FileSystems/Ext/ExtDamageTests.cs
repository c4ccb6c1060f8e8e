using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ext;

/// <summary>Single fields of a real volume are overwritten; each is refused by the rule that it breaks, or tolerated as it should be.</summary>
public sealed class ExtDamageTests : IDisposable
{
    private const int Superblock = 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mke2fs")]
    [InlineData(0x1u, "Compression")]
    [InlineData(0x1000u, "DirectoryData")]
    [InlineData(0x40000000u, "0x40000000")]
    public void Incompatible_features_that_cannot_be_read_are_named(uint feature, string name)
    {
        var bytes = Create();
        Set(bytes, Superblock + 0x60, Get(bytes, Superblock + 0x60) | feature);

        Refuses(bytes, DiskImageError.Unsupported, name);
    }

    [RequiresToolTheory("mke2fs")]
    [InlineData(0x04, 0u, "blocks")]
    [InlineData(0x14, 77u, "first data block")]
    [InlineData(0x18, 60u, "no known file system")]
    [InlineData(0x20, 0u, "blocks per group")]
    [InlineData(0x20, uint.MaxValue, "blocks per group")]
    [InlineData(0x28, 0u, "inodes per group")]
    [InlineData(0x58, 100u, "inode size")]
    [InlineData(0x58, 0x4000u, "inode size")]
    [InlineData(0xfe, 0u, "group descriptor size")]
    public void Impossible_geometry_is_refused(int field, uint value, string rule)
    {
        var bytes = Create();
        if (field is 0x58 or 0xfe)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(Superblock + field), (ushort)value);
        }
        else
        {
            Set(bytes, Superblock + field, value);
        }

        Refuses(bytes, null, rule);
    }

    [RequiresToolFact("mke2fs")]
    public void A_superblock_with_a_wrong_checksum_is_refused()
    {
        var bytes = Create("metadata_csum");
        bytes[Superblock + 0x79] ^= 1;

        Refuses(bytes, DiskImageError.Corrupt, "the superblock has checksum");
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void An_inode_with_a_wrong_checksum_is_refused_and_the_others_are_read()
    {
        var bytes = Create("metadata_csum");
        var (offset, _) = Locate("first");
        bytes[offset + 0x0c] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var exception = Assert.Throws<DiskImageException>(() => FileTree.Find(fileSystem, "first"));

        Assert.Contains("inode 12 has checksum", exception.Rule, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
        Assert.Equal("second", System.Text.Encoding.ASCII.GetString(FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "second"))));
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_directory_block_with_a_wrong_checksum_is_refused()
    {
        var bytes = Create("metadata_csum");
        var name = bytes.AsSpan().IndexOf("second"u8);
        bytes[name] = (byte)'S';

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains("directory 2 has checksum", Assert.Throws<DiskImageException>(() => fileSystem.ReadDirectory(fileSystem.Root)).Rule, StringComparison.Ordinal);
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [InlineData(4, 0xffffu, "extent header")]
    [InlineData(2, 0x0099u, "extent header")]
    [InlineData(6, 0x0009u, "extent header")]
    [InlineData(16, 0x0000u, "out of order, empty")]
    [InlineData(18, 0xffffu, "are referred to")]
    public void Broken_extent_trees_are_refused(int field, uint value, string rule)
    {
        var bytes = Create();
        var (offset, _) = Locate("first");
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset + 0x28 + field), (ushort)value);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains(rule, Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "first"))).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void An_extent_index_that_points_to_itself_is_refused()
    {
        var bytes = Create();
        var (offset, block) = Locate("first");

        // A root of depth 1 with one index entry, whose block is again an index of depth 1 that refers to itself.
        ReadOnlySpan<byte> node = [0x0a, 0xf3, 1, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)block, (byte)(block >> 8), 0, 0, 0, 0, 0, 0];
        node.CopyTo(bytes.AsSpan(offset + 0x28));
        node.CopyTo(bytes.AsSpan((int)block * 1024));

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains("has depth 1, expected 0", Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "first"))).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void Encrypted_files_and_directories_are_refused_by_name()
    {
        var bytes = Create();
        var (offset, _) = Locate("first");
        Set(bytes, offset + 0x20, Get(bytes, offset + 0x20) | 0x800);
        var (folder, _) = Locate("folder");
        Set(bytes, folder + 0x20, Get(bytes, folder + 0x20) | 0x800);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains("fscrypt", Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "first"))).Rule, StringComparison.Ordinal);
        Assert.Contains("fscrypt", Assert.Throws<DiskImageException>(() => fileSystem.ReadDirectory(FileTree.Find(fileSystem, "folder"))).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void Names_are_compared_exactly_but_for_directories_that_fold_case()
    {
        var bytes = Create();
        var exact = FileSystemDetector.Open(new MemoryByteSource(bytes.ToArray()));
        var (root, _) = Locate("");
        Set(bytes, root + 0x20, Get(bytes, root + 0x20) | 0x40000000);
        var folding = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Null(exact.Lookup(exact.Root, "FIRST"));
        Assert.Equal("first", exact.Lookup(exact.Root, "first")?.Name);
        Assert.Equal("first", folding.Lookup(folding.Root, "FIRST")?.Name);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_name_with_a_slash_is_refused()
    {
        var bytes = Create();
        "../etc"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("second"u8)));

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains("impossible name", Assert.Throws<DiskImageException>(() => fileSystem.ReadDirectory(fileSystem.Root)).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void Directories_beyond_the_limit_are_refused()
    {
        var bytes = Create();
        var (folder, _) = Locate("folder");
        Set(bytes, folder + 4, 0x4000_0000);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal(DiskImageError.LimitExceeded, Assert.Throws<DiskImageException>(() => fileSystem.ReadDirectory(FileTree.Find(fileSystem, "folder"))).Error);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_file_that_is_deleted_but_still_named_is_refused()
    {
        var bytes = Create();
        var (offset, _) = Locate("first");
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset + 0x1a), 0);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Contains("is free", Assert.Throws<DiskImageException>(() => FileTree.Find(fileSystem, "first")).Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs")]
    public void Inode_numbers_out_of_range_are_refused()
    {
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(Create()));

        Assert.Throws<DiskImageException>(() => fileSystem.GetNode(0));
        Assert.Throws<DiskImageException>(() => fileSystem.GetNode(ulong.MaxValue));
    }

    [RequiresToolFact("mke2fs")]
    public void Errors_and_a_volume_that_is_too_short_are_warned_of()
    {
        var bytes = Create();
        bytes[Superblock + 0x3a] |= 2;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes[..^4096]));

        Assert.Equal(2, fileSystem.Warnings.Count);
    }

    [RequiresToolFact("mke2fs")]
    public void Hints_about_anything_never_fail()
    {
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(Create()));

        fileSystem.PrefetchNodes([0, 5, ulong.MaxValue]);
        fileSystem.PrefetchContents([fileSystem.Root with { Id = 999_999 }]);

        Assert.Equal(4, fileSystem.ReadDirectory(fileSystem.Root).Count);
    }

    private static uint Get(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static void Set(byte[] bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);

    private static void Refuses(byte[] bytes, DiskImageError? error, string rule)
    {
        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
        Assert.Equal(error ?? exception.Error, exception.Error);
    }

    private byte[] Create(string features = "^metadata_csum")
    {
        var tree = Directory.CreateDirectory(_folder["data-tree"]).FullName;
        File.WriteAllText(Path.Combine(tree, "first"), new string('1', 5000));
        File.WriteAllText(Path.Combine(tree, "second"), "second");
        Directory.CreateDirectory(Path.Combine(tree, "folder"));
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-O", features, "-d", tree, _folder.CreateSparse("image", 8 * 1024 * 1024));
        return File.ReadAllBytes(_folder["image"]);
    }

    /// <summary>The byte offset of an inode, and the first block of its content.</summary>
    private (int Offset, long Block) Locate(string name)
    {
        // "Inode 12 is part of block group 0 / located at block 44, offset 0x0b00"
        var words = Tool.Run("debugfs", "-R", $"imap /{name}", _folder["image"]).Split([' ', ',', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var block = int.Parse(words[Array.IndexOf(words, "located") + 3], System.Globalization.CultureInfo.InvariantCulture);
        var offset = Convert.ToInt32(words[Array.IndexOf(words, "offset") + 1], 16);
        var content = long.Parse(Tool.Run("debugfs", "-R", $"bmap /{name} 0", _folder["image"]), System.Globalization.CultureInfo.InvariantCulture);
        return (block * 1024 + offset, content);
    }
}
