using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ext;

/// <summary>What the kernel writes is read as the kernel itself reads it.</summary>
public sealed class KernelComparisonTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mke2fs", "cp", "setfattr", "mknod", "fallocate", "mkfifo", "chown")]
    [InlineData("-t ext4 -b 4096", 1500)]
    [InlineData("-t ext4 -b 1024", 350)]
    [InlineData("-t ext4 -b 4096 -O inline_data,metadata_csum_seed", 1500)]
    [InlineData("-t ext4 -b 2048 -O ea_inode,large_dir,^64bit", 50_000)]
    [InlineData("-t ext4 -b 4096 -O bigalloc,^metadata_csum,uninit_bg", 1500)]
    [InlineData("-t ext4 -b 4096 -O ^dir_index", 1500)]
    [InlineData("-t ext4 -b 4096 -O bigalloc,inline_data -C 65536 -I 512", 1500)]
    [InlineData("-t ext4 -b 1024 -O ea_inode,inline_data,orphan_file -I 1024", 50_000)]
    public void A_tree_written_by_the_kernel_is_read_back(string options, int largestAttribute)
    {
        Tool.Run("mke2fs", ["-q", "-F", .. options.Split(' '), _folder.CreateSparse("image", 320 * 1024 * 1024)]);
        SortedDictionary<string, string> expected = [];
        WhileMounted("image", root =>
        {
            KernelWrites.Everything(root, sample.Root, largestAttribute);
            expected = ExactTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        ExactTree.AssertEqual(expected, ExactTree.Describe(fileSystem));
        Assert.Empty(fileSystem.Warnings);
    }

    [RequiresLoopMountFact("mke2fs")]
    public void An_image_copied_while_the_kernel_writes_to_it_is_seen_as_mounting_the_copy_would_show_it()
    {
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", _folder.CreateSparse("image", 128 * 1024 * 1024));
        WhileMounted("image", root =>
        {
            WriteTree(root, 300);
            Tool.Run("sync", "-f", root);

            // Forces commits to the journal that are not yet written back in place.
            WriteTree(Path.Combine(root, "later"), 100);
            File.Delete(Path.Combine(root, "directory-1", "file-11"));
            using (var file = File.Create(Path.Combine(root, "last")))
            {
                file.Write("synced"u8);
                file.Flush(flushToDisk: true);
            }

            File.Copy(_folder["image"], _folder["crashed"]);
        });
        File.Copy(_folder["crashed"], _folder["recovered"]);
        SortedDictionary<string, string> expected = [];
        WhileMounted("recovered", root => expected = FileTree.Describe(root));

        using var source = new FileByteSource(_folder["crashed"]);
        Assert.True((source.ReadBytes(1024 + 0x60, 1)[0] & 4) != 0, "the copy needs recovery");
        var fileSystem = FileSystemDetector.Open(source);

        expected.Remove("lost+found");
        Assert.Equal(expected, FileTree.Describe(fileSystem));
        Assert.Contains("later/directory-0/file-0", expected.Keys);
    }

    [RequiresLoopMountFact("mke2fs", "fallocate")]
    public void Fragmented_unwritten_and_late_dated_files_read_as_the_kernel_shows_them()
    {
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", _folder.CreateSparse("image", 128 * 1024 * 1024));
        SortedDictionary<string, string> expected = [];
        WhileMounted("image", root =>
        {
            WriteFragmented(Path.Combine(root, "fragmented"), Path.Combine(root, "other"));
            Tool.Run("fallocate", "-l", "3000000", Path.Combine(root, "unwritten"));
            File.WriteAllText(Path.Combine(root, "late"), "2200");
            File.SetLastWriteTimeUtc(Path.Combine(root, "late"), new DateTime(2200, 5, 6, 7, 8, 9, DateTimeKind.Utc));
            expected = FileTree.Describe(root);
        });

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        expected.Remove("lost+found");
        Assert.Equal(expected, FileTree.Describe(fileSystem));
    }

    [RequiresLoopMountFact("mke2fs")]
    public void Fast_commits_that_are_not_replayed_are_warned_of()
    {
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "fast_commit", _folder.CreateSparse("image", 64 * 1024 * 1024));
        WhileMounted("image", root =>
        {
            WriteTree(root, 30);
            Tool.Run("sync", "-f", root);
            using (var file = File.Create(Path.Combine(root, "fast")))
            {
                file.Write("synced"u8);
                file.Flush(flushToDisk: true);
            }

            File.Copy(_folder["image"], _folder["crashed"]);
        });

        using var source = new FileByteSource(_folder["crashed"]);
        var fileSystem = FileSystemDetector.Open(source);

        Assert.Contains("fast commits", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
        Assert.Contains("directory-0/file-10", FileTree.Describe(fileSystem).Keys);
    }

    private static void WriteTree(string root, int files)
    {
        for (var i = 0; i < files; i++)
        {
            var path = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"directory-{i % 10}/file-{i}"));
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? root);
            File.WriteAllText(path, new string('x', i * 37));
        }
    }

    // Two files grown in turns, with holes, so that each has an extent tree of several levels.
    private static void WriteFragmented(string first, string second)
    {
        using var one = File.Create(first);
        using var two = File.Create(second);
        for (var i = 0; i < 4000; i++)
        {
            one.Position = i * 2048L;
            one.Write(BitConverter.GetBytes(i));
            two.Position = i * 3072L;
            two.Write(BitConverter.GetBytes(-i));
        }
    }

    private void WhileMounted(string image, Action<string> action) => LoopMount.While(_folder[image], "", action);
}
