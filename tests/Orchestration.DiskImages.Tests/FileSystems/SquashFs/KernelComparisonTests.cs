using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.SquashFs;

/// <summary>What mksquashfs makes is read as the kernel reads it.</summary>
public sealed class KernelComparisonTests(WrittenTreeFixture written) : IClassFixture<WrittenTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mksquashfs", "getfattr", "setfattr")]
    [InlineData("-comp gzip")]
    [InlineData("-comp gzip -b 4096 -no-fragments")]
    [InlineData("-comp xz -Xbcj x86 -always-use-fragments")]
    [InlineData("-comp lzo -Xalgorithm lzo1x_1")]
    [InlineData("-comp lz4 -Xhc")]
    [InlineData("-comp zstd -b 1M")]
    [InlineData("-noI -noD -noF -noX")]
    public void A_tree_is_read_as_the_kernel_reads_it(string options)
    {
        Tool.Run("mksquashfs", [written.Root, _folder["image"], "-quiet", "-no-progress", .. options.Split(' ')]);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(_folder["image"], "ro", root => expected = ExactTree.Describe(root));

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresToolFact("mksquashfs")]
    public void Lzma_of_before_xz_is_read_back()
    {
        Tool.Run("mksquashfs", written.Root, _folder["image"], "-quiet", "-no-progress", "-comp", "lzma");

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(written.Root, "usr/share/double-indirect")),
            FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "usr/share/double-indirect")));
    }
}
