using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.FileSystems.Xfs;
using Orchestration.DiskImages.FileSystems.Xfs.Log;
using Orchestration.DiskImages.FileSystems.Xfs.Log.Records;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs.Log;

/// <summary>A dirty log is seen replayed as the kernel replays it when it mounts a copy; the image itself is not touched.</summary>
public sealed class LogReplayTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkfs.xfs", "xfs_io", "getfattr", "setfattr")]
    [InlineData("")]
    [InlineData("-b size=1024 -m bigtime=0,reflink=0,rmapbt=0,finobt=0,inobtcount=0 -i sparse=0 -n size=4096")]
    [InlineData("-m rmapbt=1 -i nrext64=1 -l su=64k")]
    public void A_file_system_shut_down_at_once_is_read_as_the_kernel_recovers_it(string options)
    {
        XfsImage.Create(_folder, options, 128);
        LoopMount.While(_folder["image"], "", root =>
        {
            KernelWrites.Everything(root, sample.Root);
            ShutDown(root);
        });

        CompareWithKernel("thousands/sub");
    }

    [RequiresLoopMountTheory("mkfs.xfs", "xfs_io", "getfattr")]
    [InlineData("-l size=6m")]
    [InlineData("-b size=1024 -l size=6m,sunit=64 -n size=8192")]
    public void A_log_that_went_round_several_times_is_replayed_from_its_tail(string options)
    {
        XfsImage.Create(_folder, options);
        LoopMount.While(_folder["image"], "", root =>
        {
            string Round(int number) => Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"round-{number}"));
            for (var round = 0; round < 10; round++)
            {
                KernelWrites.Many(Round(round), 1000, 200);
                Tool.Run("sync", "-f", root);
                if (round > 0)
                {
                    Directory.Delete(Round(round - 1), recursive: true);
                }
            }

            ShutDown(root);
        });

        CompareWithKernel("round-9/sub");
        using var source = new FileByteSource(_folder["image"]);
        Assert.True(new LogRing(source, XfsSuperblock.Read(source)).ReadCycle(0) > 1, "the log went round");
    }

    [RequiresLoopMountFact("mkfs.xfs", "getfattr")]
    public void An_image_copied_while_the_kernel_writes_to_it_is_seen_as_mounting_the_copy_would_show_it()
    {
        XfsImage.Create(_folder, "");
        LoopMount.While(_folder["image"], "", root =>
        {
            KernelWrites.Many(Path.Combine(root, "before"), 300, 40);
            Tool.Run("sync", "-f", root);
            KernelWrites.Many(Path.Combine(root, "after"), 300, 40);
            using (var file = File.Create(Path.Combine(root, "last")))
            {
                file.Write("synced"u8);
                file.Flush(flushToDisk: true);
            }

            File.Copy(_folder["image"], _folder["crashed"]);
        });
        File.Move(_folder["crashed"], _folder["image"], overwrite: true);

        CompareWithKernel("last");
    }

    private static void ShutDown(string root) => Tool.Run("xfs_io", "-x", "-c", "shutdown -f", root);

    private void CompareWithKernel(string present)
    {
        File.Copy(_folder["image"], _folder["recovered"]);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(_folder["recovered"], "", root => expected = ExactTree.Describe(root));
        Assert.Contains(present, expected.Keys);
        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        Assert.NotNull(LogReplay.Apply(source, XfsSuperblock.Read(source), new WarningList()));
        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }
}
