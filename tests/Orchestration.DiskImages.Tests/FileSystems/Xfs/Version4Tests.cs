using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs;

/// <summary>Version 4, which kernels of today do not mount any more, is read as mkfs.xfs writes it from a description.</summary>
public sealed class Version4Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mkfs.xfs")]
    [InlineData("-m crc=0")]
    [InlineData("-m crc=0 -n ftype=0 -i size=256,attr=1,projid32bit=0")]
    [InlineData("-m crc=0 -b size=512 -n size=4096")]
    [InlineData("-m crc=0 -n version=ci")]
    public void A_tree_described_to_mkfs_is_read_back(string options)
    {
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(_folder["content"], content);
        var description = new StringBuilder("/dev/null\n0 0\nd--755 0 0\n");
        description.Append($" content -u-644 7 8 {_folder["content"]}\n link l--777 0 0 content\n long-link l--777 0 0 /{new string('x', 700)}\n pipe p--600 1 2\n sub d--700 3 4\n");
        for (var index = 0; index < 300; index++)
        {
            description.Append($"  a-name-long-enough-to-fill-blocks-{index:d4} ---640 0 0 /dev/null\n");
        }

        File.WriteAllText(_folder["description"], description.Append(" $\n$\n").ToString());
        var image = XfsImage.Create(_folder, $"{options} -p {_folder["description"]}");

        using var source = new FileByteSource(image);
        var fileSystem = FileSystemDetector.Open(source);
        var tree = ExactTree.Describe(fileSystem);

        Assert.Equal(306, tree.Count);
        Assert.Equal("-> content", tree["link"][^10..]);
        Assert.Equal($"-> /{new string('x', 700)}", tree["long-link"][^704..]);
        var found = FileTree.Find(fileSystem, "content");
        Assert.Equal((FileKind.Regular, 0b110_100_100 | 0x800, 7u, 8u), (found.Kind, found.Permissions, found.UserId, found.GroupId));
        Assert.Equal(content, FileTree.ReadAll(fileSystem, found));
        Assert.Equal(options.EndsWith("ci", StringComparison.Ordinal), fileSystem.Lookup(fileSystem.Root, "CONTENT") is not null);
    }
}
