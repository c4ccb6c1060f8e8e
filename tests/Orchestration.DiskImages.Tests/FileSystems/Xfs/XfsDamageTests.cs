using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.FileSystems.Xfs;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs;

/// <summary>Single fields of a real volume are overwritten; each is refused by the rule that it breaks.</summary>
public sealed class XfsDamageTests : IDisposable
{
    private const int Incompatible = 216;
    private const int SuperblockChecksum = 224;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mkfs.xfs")]
    [InlineData(0x10u, DiskImageError.Corrupt, "NeedsRepair")]
    [InlineData(0x100u, DiskImageError.Unsupported, "MetadataDirectory")]
    [InlineData(0x200u, DiskImageError.Unsupported, "Zoned")]
    [InlineData(0x40000000u, DiskImageError.Unsupported, "0x40000000")]
    public void Incompatible_features_that_cannot_be_read_are_named(uint feature, DiskImageError error, string name)
    {
        var bytes = Create();
        Set(bytes, Incompatible, BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(Incompatible)) | feature);

        Refuses(bytes, error, name);
    }

    [RequiresToolTheory("mkfs.xfs")]
    [InlineData(4, 0u, "block size")]
    [InlineData(4, 5000u, "block size")]
    [InlineData(84, 10u, "number of blocks in a group")]
    [InlineData(88, 1000u, "number of blocks")]
    [InlineData(96, 0xffffffffu, "blocks")]
    [InlineData(100, 0x00060000u, "version")]
    public void Impossible_geometry_is_refused(int field, uint value, string rule)
    {
        var bytes = Create();
        Set(bytes, field, value);

        Refuses(bytes, null, rule);
    }

    [RequiresToolFact("mkfs.xfs")]
    public void A_superblock_with_a_wrong_checksum_is_refused()
    {
        var bytes = Create();
        bytes[130] ^= 1;

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Contains("the superblock has checksum", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.xfs")]
    public void An_inode_with_a_wrong_checksum_is_refused()
    {
        var bytes = Create();
        bytes[RootOffset(bytes) + 40] ^= 1;

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)).Root);

        Assert.Contains("has checksum", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.xfs")]
    public void An_inode_that_says_to_be_another_is_refused()
    {
        var bytes = Create();
        var root = RootOffset(bytes);
        bytes[root + 159] ^= 1;
        Seal(bytes.AsSpan(root, 512), 100);

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)).Root);

        Assert.Contains("says to be inode", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.xfs")]
    public void A_real_time_file_is_refused_by_name()
    {
        var bytes = Create();
        var root = RootOffset(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(root + 2), 0x81a4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(root + 90), 1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(root + 56), 4096);
        Seal(bytes.AsSpan(root, 512), 100);
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(fileSystem.Root, 0, new byte[10]));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("real-time", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkfs.xfs", "xfs_admin")]
    public void A_file_system_that_was_given_another_uuid_keeps_the_first_in_its_structures()
    {
        var image = XfsImage.Create(_folder, "", 32);
        Tool.Run("xfs_admin", "-U", "01234567-89ab-cdef-0123-456789abcdef", image);

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(File.ReadAllBytes(image)));

        Assert.Equal("01234567-89ab-cdef-0123-456789abcdef", fileSystem.Identity.Uuid);
        Assert.Empty(fileSystem.ReadDirectory(fileSystem.Root));
        Assert.Empty(fileSystem.Warnings);
    }

    private byte[] Create() => File.ReadAllBytes(XfsImage.Create(_folder, "", 32));

    private static int RootOffset(byte[] bytes)
    {
        var superblock = XfsSuperblock.Read(new MemoryByteSource(bytes));
        return (int)((superblock.RootInode >> superblock.InodesPerBlockBits) * (ulong)superblock.BlockSize
            + (superblock.RootInode & (1UL << superblock.InodesPerBlockBits) - 1) * (ulong)superblock.InodeSize);
    }

    private static void Set(byte[] bytes, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), value);
        Seal(bytes.AsSpan(0, 512), SuperblockChecksum);
    }

    private static void Seal(Span<byte> structure, int checksum) => StructureChecksum.SealCrc32C(structure, checksum);

    private static void Refuses(byte[] bytes, DiskImageError? error, string rule)
    {
        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
        Assert.Equal(error ?? exception.Error, exception.Error);
    }
}
