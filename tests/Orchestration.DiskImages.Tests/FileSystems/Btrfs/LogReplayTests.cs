using System.Text.RegularExpressions;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.FileSystems.Btrfs;
using Orchestration.DiskImages.Fuzz;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Btrfs;

/// <summary>
/// What was synced but not committed when the machine stopped is shown as the kernel shows it once it has mounted and replayed the log.
/// The image is copied while it is mounted, just after files were synced.
/// </summary>
public sealed partial class LogReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkfs.btrfs", "btrfs", "getfattr", "setfattr")]
    [InlineData("printf 'synced' > new; sync new")]
    [InlineData("printf XXXX | dd of=a/large bs=1 seek=100000 conv=notrunc status=none; printf tail >> a/large; fallocate -p -o 200000 -l 300000 a/large; truncate -s 12345 a/other; sync a/large a/other")]
    [InlineData("mv a/small a/renamed; ln a/renamed b/linked; rm a/other; sync a/renamed; sync b/linked; sync a")]
    [InlineData("mkdir b/new; for i in $(seq 200); do echo $i > b/new/$i; done; rm b/keep-1 b/keep-2; sync b/new/7; sync b; sync b/new")]
    [InlineData("setfattr -n user.new -v value a/small; setfattr -x user.old a/small; chmod 600 a/small; chown 7:8 a/small; sync a/small")]
    [InlineData("printf replaced > b/tmp; sync b/tmp; mv b/tmp a/small; sync a/small")]
    [InlineData("touch a/file-1ke5hb; setfattr -n user.em4872 -v 1 a/small; sync; printf 1 > a/file-q6aers; setfattr -n user.snskmw -v 2 a/small; sync a/file-q6aers a/small")]
    [InlineData("setfattr -n user.em4872 -v 1 a/small; setfattr -n user.snskmw -v 2 a/small; touch a/file-1ke5hb a/file-q6aers; sync; setfattr -x user.em4872 a/small; rm a/file-q6aers; sync a/small; sync a")]
    public void What_was_synced_is_shown_as_the_kernel_shows_it(string script)
    {
        var copy = CopyWhileMounted(script);
        Assert.NotEqual(0ul, BitConverter.ToUInt64(File.ReadAllBytes(copy), BtrfsSuperblock.Offset + 0x60));
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(File.ReadAllBytes(copy)));
        var found = ExactTree.Describe(fileSystem);
        SortedDictionary<string, string> expected = [];
        LoopMount.While(copy, "", root => expected = ExactTree.Describe(root));

        Assert.Empty(fileSystem.Warnings);
        ExactTree.AssertEqual(WithoutTimesOfDirectories(expected), WithoutTimesOfDirectories(found));
    }

    [RequiresLoopMountFact("mkfs.btrfs", "btrfs", "getfattr", "setfattr")]
    public void A_log_that_is_damaged_leaves_what_was_committed_and_says_so()
    {
        var bytes = File.ReadAllBytes(CopyWhileMounted("printf synced > a/new; sync a/new"));
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        Assert.NotNull(fileSystem.Lookup(FileTree.Find(fileSystem, "a"), "new"));

        // All nodes of the transaction after the last commit belong to the log.
        var generation = BitConverter.ToUInt64(bytes, BtrfsSuperblock.Offset + 0x48) + 1;
        foreach (var node in BtrfsChecksumRepair.FindNodes(bytes, 16384).Where(node => BitConverter.ToUInt64(bytes, node + 80) == generation).ToList())
        {
            bytes[node + 5000] ^= 1;
        }

        var damaged = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Null(damaged.Lookup(FileTree.Find(damaged, "a"), "new"));
        Assert.Contains("after the last commit is not shown", Assert.Single(damaged.Warnings), StringComparison.Ordinal);
    }

    private string CopyWhileMounted(string script)
    {
        Tool.Run("mkfs.btrfs", "-q", "-m", "single", _folder.CreateSparse("image", 256 * 1024 * 1024));
        LoopMount.While(_folder["image"], "commit=300", root =>
        {
            Tool.Run("sh", "-e", "-c", """
                cd "$1"; mkdir a b; head -c 2000000 /dev/urandom > a/large; head -c 50000 /dev/urandom > a/other; printf small > a/small
                setfattr -n user.old -v old a/small; for i in $(seq 20); do echo $i > b/keep-$i; done
                sync; btrfs filesystem sync .
                """, "sh", root);
            Tool.Run("sh", "-e", "-c", $"cd \"$1\"; {script}", "sh", root);
            Tool.Run("cp", "--sparse=always", _folder["image"], _folder["copy"]);
        });
        return _folder["copy"];
    }

    // Replaying changes directories at the time of mounting.
    private static SortedDictionary<string, string> WithoutTimesOfDirectories(SortedDictionary<string, string> tree) => new(
        tree.ToDictionary(pair => pair.Key, pair => Times().Replace(pair.Value, ""), StringComparer.Ordinal), StringComparer.Ordinal);

    [GeneratedRegex(@"(?<=^d .*)modified -?\d+ changed -?\d+")]
    private static partial Regex Times();
}
