using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ntfs;

/// <summary>Volumes that were not closed, or are damaged.</summary>
public sealed class NtfsDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolFact("mkntfs")]
    public void A_volume_marked_as_dirty_is_warned_of()
    {
        NtfsImage.Create(_folder, "-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);

        // The flags of the volume information stand at its end, in the fourth file record: version 3.1, then none.
        var record = bytes.AsSpan().IndexOf("FILE"u8) + 3 * 1024;
        var information = bytes.AsSpan(record, 1024).IndexOf((ReadOnlySpan<byte>)[3, 1, 0, 0]);
        bytes[record + information + 2] = 1;

        Assert.Contains("dirty", Assert.Single(FileSystemDetector.Open(new MemoryByteSource(bytes)).Warnings), StringComparison.Ordinal);
    }

    [RequiresToolTheory("mkntfs")]
    [InlineData(0, 0, true)]
    [InlineData(0, 2, false)]
    [InlineData(0xffff, 0, false)]
    public void A_log_with_changes_to_replay_is_warned_of(ushort client, ushort flags, bool isWarned)
    {
        NtfsImage.Create(_folder, "-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);

        // A fresh log is full of ones. A restart page says whether somebody uses the log, and in its flags whether it was closed.
        const int PageLength = 4096;
        var page = bytes.AsSpan(bytes.AsSpan().IndexOf(Enumerable.Repeat(byte.MaxValue, 16 * PageLength).ToArray()));
        "RSTR"u8.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[24..], 48);
        BinaryPrimitives.WriteUInt16LittleEndian(page[(48 + 12)..], client);
        BinaryPrimitives.WriteUInt16LittleEndian(page[(48 + 14)..], flags);

        var warnings = FileSystemDetector.Open(new MemoryByteSource(bytes)).Warnings;

        Assert.Equal(isWarned, warnings.Any(warning => warning.Contains("only its log holds", StringComparison.Ordinal)));
    }

    [RequiresToolFact("mkntfs")]
    public void A_file_record_that_was_not_wholly_written_is_refused()
    {
        NtfsImage.Create(_folder, "-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);
        foreach (var first in NtfsImage.FindFirstRecords(bytes))
        {
            bytes[first + 510] ^= 1;
        }

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Contains("was not written with the others", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkntfs")]
    public void A_master_file_table_whose_first_record_is_damaged_is_found_by_its_copy()
    {
        NtfsImage.Create(_folder, "-c 4096");
        var bytes = File.ReadAllBytes(_folder["image"]);
        bytes[NtfsImage.FindFirstRecords(bytes)[0] + 510] ^= 1;

        var fileSystem = FileSystemDetector.Open(new MemoryByteSource(bytes));

        Assert.Equal("label", fileSystem.Identity.Label);
        Assert.Contains("its copy is used", Assert.Single(fileSystem.Warnings), StringComparison.Ordinal);
    }

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g")]
    [InlineData("hibr", 1)]
    [InlineData("wake", 0)]
    public void A_hibernated_system_is_warned_of(string signature, int warnings)
    {
        NtfsImage.Create(_folder, "-c 4096");
        LoopMount.While(_folder["image"], "", root => File.WriteAllText(Path.Combine(root, "hiberfil.sys"), signature.PadRight(5000)));

        using var source = new FileByteSource(_folder["image"]);

        Assert.Equal(warnings, FileSystemDetector.Open(source).Warnings.Count(warning => warning.Contains("hibernated", StringComparison.Ordinal)));
    }
}
