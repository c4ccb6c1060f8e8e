using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.FileSystems.SquashFs;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.SquashFs;

/// <summary>Images made to deceive are refused by what is wrong with them.</summary>
public sealed class SquashFsDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mksquashfs")]
    [InlineData(28, 3, DiskImageError.Unsupported, "version 3.0")]
    [InlineData(20, 9, DiskImageError.Unsupported, "compression 9")]
    [InlineData(22, 20, DiskImageError.Corrupt, "2^20")]
    [InlineData(74, 0xff, DiskImageError.Corrupt, "one after the other")]
    public void Superblocks_that_cannot_be_are_refused(int offset, ushort value, DiskImageError error, string rule)
    {
        var bytes = Create("");
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), value);

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Equal(error, exception.Error);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mksquashfs")]
    public void A_file_of_more_blocks_than_are_stored_is_refused()
    {
        // Uncompressed, the inode of the only file stands first: its size follows type, mode, owners, time, number, start and fragment.
        var bytes = Create("-noI -no-fragments -b 4096");
        var inode = (int)new SquashFsSuperblock(bytes[..SquashFsSuperblock.Length]).InodeTable + 2;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(inode + 28), 0x40000000);
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "file");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[100]));

        Assert.Contains("its table ends", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mksquashfs")]
    public void A_block_that_decompresses_to_less_than_the_file_has_is_refused()
    {
        var bytes = Create("-noI -noF");
        var inode = (int)new SquashFsSuperblock(bytes[..SquashFsSuperblock.Length]).InodeTable + 2;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(inode + 28), 20_000);
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var file = FileTree.Find(fileSystem, "file");

        var exception = Assert.Throws<DiskImageException>(() => fileSystem.Read(file, 0, new byte[20_000]));

        Assert.Contains("holds 10000 bytes, expected 20000", exception.Rule, StringComparison.Ordinal);
    }

    private byte[] Create(string options)
    {
        Directory.CreateDirectory(_folder["tree"]);
        File.WriteAllBytes(Path.Combine(_folder["tree"], "file"), SlowFetcher.CreatePattern(10_000));
        Tool.Run("mksquashfs", [_folder["tree"], _folder["image"], "-quiet", "-no-progress", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        return File.ReadAllBytes(_folder["image"]);
    }
}
