using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Iso9660;

/// <summary>What the tools make only of large trees, and what no tool makes.</summary>
public sealed class IsoDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolFact("genisoimage")]
    public void The_parts_of_a_file_of_several_records_are_one_file()
    {
        var (first, second) = (SlowFetcher.CreatePattern(4096), SlowFetcher.CreatePattern(5000));
        var bytes = Create("", first, second);

        // The record of b becomes a second one of a, which says in its flags that it goes on.
        bytes[FindRecord(bytes, "B.;1") + 33] = (byte)'A';
        bytes[FindRecord(bytes, "A.;1") + 25] |= 0x80;
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));
        var entry = Assert.Single(fileSystem.ReadDirectory(fileSystem.Root));
        var node = fileSystem.GetNode(entry.NodeId);

        Assert.Equal([.. first, .. second], FileTree.ReadAll(fileSystem, node));
        var middle = new byte[2000];
        fileSystem.Read(node, 3000, middle);
        Assert.Equal([.. first[3000..], .. second[..904]], middle);
    }

    [RequiresToolFact("genisoimage")]
    public void A_file_without_its_last_record_is_not_shown()
    {
        var bytes = Create("", [1], [2]);
        bytes[FindRecord(bytes, "B.;1") + 25] |= 0x80;
        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal("a", Assert.Single(fileSystem.ReadDirectory(fileSystem.Root)).Name);
    }

    [RequiresToolFact("genisoimage")]
    public void Entries_that_go_on_in_a_circle_are_refused()
    {
        var bytes = Create("-R", [1], [2]);

        // The root's entries go on in a place of their own, which is made to go on in itself.
        var continuation = bytes.AsSpan().IndexOf("CE\x1c\x01"u8);
        var place = BitConverter.ToInt32(bytes, continuation + 4) * 2048 + BitConverter.ToInt32(bytes, continuation + 12);
        bytes.AsSpan(continuation, 28).CopyTo(bytes.AsSpan(place));

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)).Root);

        Assert.Equal(DiskImageError.LimitExceeded, exception.Error);
    }

    private byte[] Create(string options, byte[] first, byte[] second)
    {
        Directory.CreateDirectory(_folder["tree"]);
        File.WriteAllBytes(Path.Combine(_folder["tree"], "a"), first);
        File.WriteAllBytes(Path.Combine(_folder["tree"], "b"), second);
        Tool.Run("genisoimage", ["-quiet", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-o", _folder["image"], _folder["tree"]]);
        return File.ReadAllBytes(_folder["image"]);
    }

    // The name of a record stands 33 bytes into it.
    private static int FindRecord(byte[] bytes, string name) => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) - 33;
}
