using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs;

/// <summary>What the kernel writes is read as the kernel itself reads it.</summary>
public sealed class KernelComparisonTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkfs.xfs", "getfattr", "setfattr")]
    [InlineData("-m crc=1")]
    [InlineData("-b size=1024 -i size=512")]
    [InlineData("-m bigtime=0,reflink=0,rmapbt=0,finobt=0,inobtcount=0 -i sparse=0")]
    [InlineData("-m rmapbt=1 -i nrext64=1,size=1024 -s size=4096")]
    [InlineData("-n size=16384 -b size=2048 -i size=1024")]
    [InlineData("-n size=65536 -b size=1024")]
    [InlineData("-b size=65536")]
    public void A_tree_written_by_the_kernel_is_read_back(string options)
    {
        Tool.Run("mkfs.xfs", ["-q", .. options.Split(' '), _folder.CreateSparse("image", 320 * 1024 * 1024)]);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(_folder["image"], "", root =>
        {
            KernelWrites.Everything(root, sample.Root);
            expected = ExactTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }
}
