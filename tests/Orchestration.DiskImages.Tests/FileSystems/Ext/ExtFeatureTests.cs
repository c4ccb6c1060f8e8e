using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ext;

/// <summary>Every tree that mke2fs writes is read back as it was, whatever features it is written with.</summary>
public sealed class ExtFeatureTests(SampleTreeFixture sample) : IClassFixture<SampleTreeFixture>
{
    [RequiresToolTheory("mke2fs")]
    [InlineData("ext2", "-b 1024")]
    [InlineData("ext2", "-b 4096 -I 128")]
    [InlineData("ext2", "-r 0 -b 1024 -O none")]
    [InlineData("ext3", "-b 1024")]
    [InlineData("ext3", "-b 2048")]
    [InlineData("ext4", "-b 1024")]
    [InlineData("ext4", "-b 2048")]
    [InlineData("ext4", "-b 4096")]
    [InlineData("ext4", "-b 4096 -I 128")]
    [InlineData("ext4", "-b 4096 -I 512")]
    [InlineData("ext4", "-O ^64bit")]
    [InlineData("ext4", "-O ^metadata_csum,uninit_bg")]
    [InlineData("ext4", "-O ^metadata_csum,uninit_bg,64bit")]
    [InlineData("ext4", "-O metadata_csum_seed")]
    [InlineData("ext4", "-O meta_bg,^resize_inode -b 1024")]
    [InlineData("ext4", "-O meta_bg,^resize_inode,^sparse_super -b 1024 -g 1024")]
    [InlineData("ext4", "-O sparse_super2,meta_bg,^resize_inode -b 1024 -g 2048")]
    [InlineData("ext4", "-O ^flex_bg -b 1024")]
    [InlineData("ext4", "-O bigalloc -C 65536")]
    [InlineData("ext4", "-O inline_data")]
    [InlineData("ext4", "-O inline_data -I 1024")]
    [InlineData("ext4", "-O ea_inode,large_dir")]
    [InlineData("ext4", "-O casefold -E encoding=utf8")]
    [InlineData("ext4", "-O encrypt,mmp,quota,project")]
    [InlineData("ext4", "-O ^extents,^64bit")]
    [InlineData("ext4", "-O ^dir_index,^filetype")]
    [InlineData("ext4", "-O ^has_journal")]
    [InlineData("ext4", "-O fast_commit")]
    [InlineData("ext4", "-O orphan_file")]
    public void A_tree_written_by_mke2fs_is_read_back(string type, string options)
    {
        using var folder = new TemporaryFolder();
        var tree = sample.Root;
        var image = folder.CreateSparse("image", 64 * 1024 * 1024);
        Tool.Run("mke2fs", ["-q", "-F", "-t", type, .. options.Split(' '), "-d", tree, image]);

        using var source = new FileByteSource(image);
        var fileSystem = FileSystemDetector.Open(source);

        var narrow = options.Contains("-I 128", StringComparison.Ordinal) || options.Contains("-r 0", StringComparison.Ordinal);
        Assert.Equal(FileTree.Describe(tree, withTimes: !narrow), FileTree.Describe(fileSystem, withTimes: !narrow));
        Assert.Empty(fileSystem.Warnings);
    }
}
