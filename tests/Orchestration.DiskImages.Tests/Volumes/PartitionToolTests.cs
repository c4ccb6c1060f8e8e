using System.Globalization;
using System.Text.Json;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Volumes;

/// <summary>Tables written by sfdisk and sgdisk read as sfdisk reads them.</summary>
public sealed class PartitionToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolFact("sfdisk")]
    public void A_gpt_has_the_partitions_names_and_identifiers_that_sfdisk_shows()
    {
        var table = Partition("""
            label: gpt
            size=1MiB, type=21686148-6449-6E6F-744E-656564454649, name="bios boot"
            size=4MiB, type=uefi, name="ESP", attrs="LegacyBIOSBootable"
            start=30MiB, type=linux, attrs="RequiredPartition GUID:49 GUID:63"
            """);

        Compare(table, PartitionScheme.Gpt);
        Assert.Equal([false, true, false], table.Partitions.Select(partition => partition.Bootable));
        Assert.Equal([0, 1UL << 2, 1 | (1UL << 49) | (1UL << 63)], table.Partitions.Select(partition => partition.Attributes));
        Assert.Equal(["bios boot", "ESP", null], table.Partitions.Select(partition => partition.Name));
        Assert.Empty(table.Warnings);
    }

    [RequiresToolFact("sfdisk")]
    public void A_gpt_with_gaps_keeps_the_numbers_of_its_slots()
    {
        var table = Partition("""
            label: gpt
            table-length: 8
            2: size=4MiB
            7: size=4MiB
            """);

        Compare(table, PartitionScheme.Gpt);
        Assert.Equal([2, 7], table.Partitions.Select(partition => partition.Number));
    }

    [RequiresToolTheory("sfdisk")]
    [InlineData("5")]
    [InlineData("f")]
    [InlineData("85")]
    public void An_mbr_with_logical_partitions_is_numbered_as_the_kernel_does(string containerType)
    {
        var table = Partition($"""
            label: dos
            label-id: 0x0badcafe
            1: start=2048, size=4MiB, type=83, bootable
            3: start=10MiB, size=40MiB, type={containerType}
            5: start=11MiB, size=4MiB, type=82
            6: start=17MiB, size=4MiB, type=83
            7: start=25MiB, size=4MiB, type=8e
            """);

        Assert.Equal([1, 5, 6, 7], table.Partitions.Select(partition => partition.Number));
        Assert.Equal("0badcafe", table.DiskId);
        Assert.Equal(["0badcafe-01", "0badcafe-05", "0badcafe-06", "0badcafe-07"], table.Partitions.Select(partition => partition.UniqueId));
        Compare(table, PartitionScheme.Mbr);
        Assert.Empty(table.Warnings);
    }

    [RequiresToolFact("sgdisk")]
    public void A_gpt_whose_primary_header_is_damaged_is_read_from_the_backup_with_a_warning()
    {
        Tool.Run("sgdisk", "-n", "1:2048:+4M", "-c", "1:data", _folder.CreateSparse("disk", 64 * 1024 * 1024));
        var before = ReadTable();
        using (var disk = File.OpenWrite(_folder["disk"]))
        {
            disk.Position = 512 + 40;
            disk.Write([1, 2, 3]);
        }

        var after = ReadTable();

        Assert.Equal(before.Partitions, after.Partitions);
        Assert.Contains("primary GPT is not valid", Assert.Single(after.Warnings), StringComparison.Ordinal);
    }

    [RequiresToolFact("sgdisk")]
    public void A_gpt_whose_backup_is_damaged_is_read_with_a_warning()
    {
        Tool.Run("sgdisk", "-n", "1:2048:+4M", _folder.CreateSparse("disk", 64 * 1024 * 1024));
        using (var disk = File.OpenWrite(_folder["disk"]))
        {
            disk.Position = 64 * 1024 * 1024 - 512;
            disk.Write(new byte[512]);
        }

        var table = ReadTable();

        Assert.Equal(1, Assert.Single(table.Partitions).Number);
        Assert.Contains("backup GPT is not valid", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [RequiresToolFact("sgdisk")]
    public void A_hybrid_mbr_is_read_as_the_gpt_that_it_announces()
    {
        Tool.Run("sgdisk", "-n", "1:2048:+4M", "-n", "2:0:+4M", "-h", "1", _folder.CreateSparse("disk", 64 * 1024 * 1024));

        var table = ReadTable();

        Compare(table, PartitionScheme.Gpt);
        Assert.Equal(2, table.Partitions.Count);
    }

    [RequiresToolTheory("mke2fs")]
    [InlineData("ext4")]
    public void A_disk_that_is_a_file_system_has_one_volume_and_no_table(string type)
    {
        Tool.Run("mke2fs", "-q", "-F", "-t", type, _folder.CreateSparse("disk", 8 * 1024 * 1024));

        var table = ReadTable();

        Assert.Equal(PartitionScheme.None, table.Scheme);
        Assert.Equal([new Partition(0, 0, 8 * 1024 * 1024, "", null, null, false)], table.Partitions);
    }

    private PartitionTable Partition(string script)
    {
        Tool.Run("sfdisk", ["-q", _folder.CreateSparse("disk", 64 * 1024 * 1024)], script);
        return ReadTable();
    }

    private PartitionTable ReadTable()
    {
        using var source = new FileByteSource(_folder["disk"]);
        return PartitionTable.Read(source);
    }

    private void Compare(PartitionTable table, PartitionScheme scheme)
    {
        Assert.Equal(scheme, table.Scheme);
        using var document = JsonDocument.Parse(Tool.Run("sfdisk", "--json", _folder["disk"]));
        var expected = document.RootElement.GetProperty("partitiontable");
        var lines = expected.GetProperty("partitions").EnumerateArray()
            .Where(partition => partition.GetProperty("type").GetString() is not ("5" or "f" or "85"))
            .Select(partition => string.Create(
                CultureInfo.InvariantCulture,
                $"{partition.GetProperty("node").GetString()?[(_folder["disk"].Length)..]} {partition.GetProperty("start").GetInt64() * 512} {partition.GetProperty("size").GetInt64() * 512} {partition.GetProperty("type").GetString()?.ToLowerInvariant()}"));
        Assert.Equal(lines, table.Partitions.Select(partition => string.Create(
            CultureInfo.InvariantCulture, $"{partition.Number} {partition.Offset} {partition.Length} {partition.Type.Replace("0x", "", StringComparison.Ordinal)}")));
        if (scheme == PartitionScheme.Gpt)
        {
            Assert.Equal(expected.GetProperty("id").GetString()?.ToLowerInvariant(), table.DiskId);
            Assert.Equal(
                expected.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetProperty("uuid").GetString()?.ToLowerInvariant()),
                table.Partitions.Select(partition => partition.UniqueId));
        }
    }
}
