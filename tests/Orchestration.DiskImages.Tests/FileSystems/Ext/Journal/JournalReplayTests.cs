using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ext.Journal;

/// <summary>A dirty journal, written by debugfs, is seen replayed; the image itself is not touched.</summary>
public sealed class JournalReplayTests : IDisposable
{
    private const int BlockSize = 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>How debugfs opens the journal: without checksums, with those of version 2 or 3.</summary>
    public static TheoryData<string> JournalKinds => ["jo", "jo -c -v 2", "jo -c -v 3"];

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void A_committed_block_is_seen_in_place_of_the_one_on_the_volume(string open)
    {
        var block = CreateVolume();
        WriteJournal([open, Log(block, 'n'), "jc"]);

        Assert.Equal(new string('n', BlockSize) + new string('o', BlockSize), ReadFile());
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void The_last_of_several_transactions_counts(string open)
    {
        var block = CreateVolume();
        WriteJournal([open, Log(block, '1'), Log(block, '2'), Log(block + 1, '3'), "jc"]);

        Assert.Equal(new string('2', BlockSize) + new string('3', BlockSize), ReadFile());
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void A_block_revoked_later_is_not_replayed(string open)
    {
        var block = CreateVolume();
        WriteJournal([open, Log(block, '1'), string.Create(CultureInfo.InvariantCulture, $"jw -r {block}"), Log(block + 1, '3'), "jc"]);

        Assert.Equal(new string('o', BlockSize) + new string('3', BlockSize), ReadFile());
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void A_block_logged_again_after_its_revocation_is_replayed(string open)
    {
        var block = CreateVolume();
        WriteJournal([open, Log(block, '1'), string.Create(CultureInfo.InvariantCulture, $"jw -r {block}"), Log(block, '4'), "jc"]);

        Assert.Equal(new string('4', BlockSize) + new string('o', BlockSize), ReadFile());
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void A_transaction_without_its_commit_block_is_not_replayed(string open)
    {
        var block = CreateVolume();
        WriteJournal([open, Log(block, '1'), Log(block + 1, '2').Replace("jw", "jw -c", StringComparison.Ordinal), "jc"]);

        Assert.Equal(new string('1', BlockSize) + new string('o', BlockSize), ReadFile());
    }

    [RequiresToolTheory("mke2fs", "debugfs")]
    [MemberData(nameof(JournalKinds))]
    public void Content_that_begins_with_the_journals_magic_number_is_restored(string open)
    {
        var block = CreateVolume();
        byte[] content = [0xc0, 0x3b, 0x39, 0x98, .. Enumerable.Repeat((byte)'e', BlockSize - 4)];
        File.WriteAllBytes(_folder["content"], content);
        WriteJournal([open, string.Create(CultureInfo.InvariantCulture, $"jw -b {block} {_folder["content"]}"), "jc"]);

        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);

        Assert.Equal(content, FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "data"))[..BlockSize]);
    }

    [RequiresToolTheory("mke2fs", "debugfs", "e2fsck")]
    [MemberData(nameof(JournalKinds))]
    public void The_tree_is_the_one_that_e2fsck_leaves_after_replaying(string open)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 50);
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-d", tree, _folder.CreateSparse("image", 64 * 1024 * 1024));

        // The journal holds blocks of metadata as they were before the file was removed, so that replaying brings it back.
        File.Copy(_folder["image"], _folder["before"]);
        Tool.Run("debugfs", "-w", "-R", "rm etc/inline-larger", _folder["image"]);
        Assert.DoesNotContain("etc/inline-larger", Describe(_folder["image"]).Keys);
        var changed = DifferingBlocks(_folder["before"], _folder["image"], 4096);
        var writes = changed.Select(block =>
        {
            using var before = new FileByteSource(_folder["before"]);
            var path = _folder[string.Create(CultureInfo.InvariantCulture, $"block-{block}")];
            File.WriteAllBytes(path, before.ReadBytes(block * 4096, 4096));
            return string.Create(CultureInfo.InvariantCulture, $"jw -b {block} {path}");
        });
        WriteJournal([open, .. writes, "jc"]);
        File.Copy(_folder["image"], _folder["checked"]);
        RunE2fsck(_folder["checked"]);

        Assert.Equal(Describe(_folder["checked"]), Describe(_folder["image"]));
        Assert.Contains("etc/inline-larger", Describe(_folder["image"]).Keys);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_dirty_journal_on_another_device_is_warned_of()
    {
        var bytes = CreateDirty();
        bytes.AsSpan(1024 + 0xe0, 4).Clear();
        bytes[1024 + 0xe4] = 7;

        Assert.Contains("journal lies on another device (0x7)", Assert.Single(FileSystemDetector.Open(new MemoryByteSource(bytes)).Warnings), StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_journal_with_unknown_features_is_refused_by_number()
    {
        var bytes = CreateDirty();
        bytes[FindJournal(bytes) + 0x28] = 0x80;

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("0x80000000", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void A_journal_that_replays_outside_the_volume_is_refused()
    {
        var bytes = CreateDirty();
        bytes[FindJournal(bytes) + 1024 + 12] = 0x7f;

        Assert.Contains("the journal holds block", Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes))).Rule, StringComparison.Ordinal);
    }

    private static int FindJournal(byte[] bytes) => bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xc0, 0x3b, 0x39, 0x98, 0, 0, 0, 4]);

    private byte[] CreateDirty()
    {
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum,^64bit", _folder.CreateSparse("image", 16 * 1024 * 1024));
        WriteJournal(["jo", Log(9000, 'n'), "jc"]);
        return File.ReadAllBytes(_folder["image"]);
    }

    private static List<long> DifferingBlocks(string first, string second, int blockSize)
    {
        using var before = new FileByteSource(first);
        using var after = new FileByteSource(second);
        var blocks = new List<long>();
        for (long block = 0; block < before.Length / blockSize; block++)
        {
            if (!before.ReadBytes(block * blockSize, blockSize).AsSpan().SequenceEqual(after.ReadBytes(block * blockSize, blockSize)))
            {
                blocks.Add(block);
            }
        }

        return blocks;
    }

    private static SortedDictionary<string, string> Describe(string image)
    {
        using var source = new FileByteSource(image);
        return FileTree.Describe(FileSystemDetector.Open(source));
    }

    // e2fsck says by exit code 1 that it changed something.
    private static void RunE2fsck(string image)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", $"/usr/sbin/e2fsck -fy {image} >/dev/null 2>&1; test $? -le 1"]));
        process?.WaitForExit();
        Assert.Equal(0, process?.ExitCode);
    }

    /// <summary>A file of two blocks full of 'o' on a small volume; returns the number of its first block.</summary>
    private long CreateVolume()
    {
        var tree = Directory.CreateDirectory(_folder["data-tree"]).FullName;
        File.WriteAllText(Path.Combine(tree, "data"), new string('o', 2 * BlockSize));
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-d", tree, _folder.CreateSparse("image", 16 * 1024 * 1024));
        return long.Parse(Tool.Run("debugfs", "-R", "bmap /data 0", _folder["image"]), CultureInfo.InvariantCulture);
    }

    private string Log(long block, char content)
    {
        var path = _folder["content-" + content];
        File.WriteAllText(path, new string(content, BlockSize));
        return string.Create(CultureInfo.InvariantCulture, $"jw -b {block} {path}");
    }

    private void WriteJournal(IEnumerable<string> commands) =>
        Tool.Run("debugfs", ["-w", "-f", "-", _folder["image"]], string.Join('\n', commands) + "\n");

    private string ReadFile()
    {
        using var source = new FileByteSource(_folder["image"]);
        var fileSystem = FileSystemDetector.Open(source);
        return System.Text.Encoding.ASCII.GetString(FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "data")));
    }
}
