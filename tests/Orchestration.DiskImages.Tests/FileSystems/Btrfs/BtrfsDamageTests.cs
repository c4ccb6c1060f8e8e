using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.FileSystems.Btrfs;
using Orchestration.DiskImages.Fuzz;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Btrfs;

/// <summary>File systems on one device that is damaged, or of a kind that cannot be read.</summary>
public sealed class BtrfsDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolFact("mkfs.btrfs")]
    public void Nodes_whose_first_copy_is_damaged_are_read_from_the_second()
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        var image = _folder.CreateSparse("single", 128 * 1024 * 1024);
        Tool.Run("mkfs.btrfs", "-q", "-m", "dup", "-n", "16384", "--rootdir", tree, image);
        var bytes = File.ReadAllBytes(image);
        var seen = new HashSet<ulong>();
        foreach (var node in BtrfsChecksumRepair.FindNodes(bytes, 16384).Where(node => seen.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(node + 48)))))
        {
            bytes[node + 5000] ^= 1;
        }

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal(FileTree.Describe(tree), FileTree.Describe(fileSystem));
        Assert.Contains("wrong checksum", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresToolTheory("mkfs.btrfs")]
    [InlineData("crc32c")]
    [InlineData("xxhash")]
    [InlineData("sha256")]
    [InlineData("blake2")]
    public void Data_with_a_wrong_checksum_is_refused(string checksum)
    {
        var (bytes, content) = CreateWithFile("-d", "single", "--csum", checksum);
        bytes[bytes.AsSpan().IndexOf(content.AsSpan(0, 64)) + 50_000] ^= 1;
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "file");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[100_000]));

        Assert.Equal(DiskImageError.Corrupt, exception.Error);
        Assert.Contains("wrong checksum", exception.Rule, StringComparison.Ordinal);
        Assert.Equal(content[60_001..70_002], ReadPart(fileSystem, file, 60_001, 10_001));
    }

    [RequiresToolFact("mkfs.btrfs")]
    public void Data_whose_first_copy_is_damaged_is_read_from_the_second()
    {
        var (bytes, content) = CreateWithFile("-d", "dup");
        bytes[bytes.AsSpan().IndexOf(content.AsSpan(0, 64)) + 50_000] ^= 1;
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal(content, FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "file")));
        Assert.Contains("another is right", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.btrfs")]
    public void A_damaged_superblock_is_replaced_by_its_copy()
    {
        var image = _folder.CreateSparse("single", 128 * 1024 * 1024);
        Tool.Run("mkfs.btrfs", "-q", image);
        var bytes = File.ReadAllBytes(image);
        bytes[BtrfsSuperblock.Offset + 0x60] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal(FileKind.Directory, fileSystem.Root.Kind);
        Assert.Contains("first superblock is damaged", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresToolTheory("mkfs.btrfs")]
    [InlineData(0x1000ul, "Zoned")]
    [InlineData(0x2000ul, "ExtentTreeV2")]
    [InlineData(0x4000ul, "RaidStripeTree")]
    [InlineData(0x4000000000ul, "0x4000000000")]
    public void Incompatible_features_that_cannot_be_read_are_named(ulong feature, string name)
    {
        var image = _folder.CreateSparse("single", 128 * 1024 * 1024);
        Tool.Run("mkfs.btrfs", "-q", image);
        var bytes = File.ReadAllBytes(image);
        var superblock = bytes.AsSpan(BtrfsSuperblock.Offset, BtrfsSuperblock.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(superblock[0xbc..], BinaryPrimitives.ReadUInt64LittleEndian(superblock[0xbc..]) | feature);
        BtrfsChecksum.Crc32C.Compute(superblock[BtrfsChecksums.FieldLength..], superblock);

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains(name, exception.Rule, StringComparison.Ordinal);
    }

    private (byte[] Bytes, byte[] Content) CreateWithFile(params string[] options)
    {
        var content = SlowFetcher.CreatePattern(100_000);
        Directory.CreateDirectory(_folder["tree"]);
        File.WriteAllBytes(Path.Combine(_folder["tree"], "file"), content);
        Tool.Run("mkfs.btrfs", ["-q", .. options, "--rootdir", _folder["tree"], _folder.CreateSparse("single", 256 * 1024 * 1024)]);
        return (File.ReadAllBytes(_folder["single"]), content);
    }

    private static byte[] ReadPart(IFileSystem fileSystem, FileNode file, long offset, int length)
    {
        var part = new byte[length];
        fileSystem.Read(file, offset, part);
        return part;
    }
}
