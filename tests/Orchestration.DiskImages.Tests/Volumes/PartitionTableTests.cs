using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Volumes;

public sealed class PartitionTableTests
{
    private const int Length = 1024 * 1024;

    [Fact]
    public void A_disk_without_a_table_is_one_volume()
    {
        var table = new DiskBuilder(Length).Read();

        Assert.Equal(PartitionScheme.None, table.Scheme);
        Assert.Equal(new Partition(0, 0, Length, "", null, null, false), Assert.Single(table.Partitions));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_disk_too_small_for_a_table_is_one_volume(int length) =>
        Assert.Equal(length, Assert.Single(PartitionTable.Read(new MemoryByteSource(new byte[length])).Partitions).Length);

    [Theory]
    [InlineData(512, 128)]
    [InlineData(512, 256)]
    [InlineData(4096, 128)]
    [InlineData(4096, 512)]
    public void A_gpt_is_read_whatever_its_sector_and_entry_size(int sectorSize, int entryLength)
    {
        var table = new DiskBuilder(Length).Gpt(sectorSize, entryLength, (40, 59, "root"), (60, 99, "")).Read();

        Assert.Equal(PartitionScheme.Gpt, table.Scheme);
        Assert.Equal(DiskBuilder.DiskId.ToString(), table.DiskId);
        Assert.Equal(
            [
                new Partition(1, 40 * sectorSize, 20 * sectorSize, DiskBuilder.LinuxData.ToString(), "root", "00000001-0000-0000-0000-000000000001", false),
                new Partition(2, 60 * sectorSize, 40 * sectorSize, DiskBuilder.LinuxData.ToString(), null, "00000002-0000-0000-0000-000000000001", false),
            ],
            table.Partitions);
        Assert.Empty(table.Warnings);
    }

    [Theory]
    [InlineData(512 + 40)]
    [InlineData(1024 + 33)]
    public void Damage_in_the_primary_header_or_entries_turns_to_the_backup(int offset)
    {
        var table = new DiskBuilder(Length).Gpt(512, 128, (40, 59, "root")).Flip(offset).Read();

        Assert.Equal("root", Assert.Single(table.Partitions).Name);
        Assert.Contains("primary GPT is not valid", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpt_with_both_copies_damaged_is_refused()
    {
        var exception = Assert.Throws<DiskImageException>(() => new DiskBuilder(Length).Gpt(512, 128, (40, 59, "root")).Flip(512 + 40).Flip(Length - 512 + 40).Read());

        Assert.Equal(("gpt", DiskImageError.Corrupt), (exception.Layer, exception.Error));
    }

    [Fact]
    public void A_gpt_that_no_mbr_announces_does_not_count() =>
        Assert.Equal(PartitionScheme.None, new DiskBuilder(Length).Gpt(512, 128, (40, 59, "root")).Flip(511).Read().Scheme);

    [Fact]
    public void A_partition_that_goes_beyond_the_end_is_cut_and_one_that_begins_there_left_out()
    {
        var table = new DiskBuilder(Length).Gpt(512, 128, (2000, 3000, "cut"), (5000, 6000, "out")).Read();

        Assert.Equal(Length - 2000 * 512, Assert.Single(table.Partitions).Length);
        Assert.Equal(2, table.Warnings.Count);
    }

    [Fact]
    public void Overlapping_partitions_are_read_with_a_warning()
    {
        var table = new DiskBuilder(Length).Gpt(512, 128, (100, 200, "a"), (150, 300, "b")).Read();

        Assert.Equal(2, table.Partitions.Count);
        Assert.Equal("partitions 1 and 2 overlap", Assert.Single(table.Warnings));
    }

    [Fact]
    public void A_partition_that_ends_before_it_begins_is_left_out_with_a_warning()
    {
        var table = new DiskBuilder(Length).Gpt(512, 128, (200, 100, "backwards"), (100, 200, "right")).Read();

        Assert.Equal(2, Assert.Single(table.Partitions).Number);
        Assert.Single(table.Warnings);
    }

    [Fact]
    public void Primary_partitions_keep_their_slots()
    {
        var table = new DiskBuilder(Length).Signature(0xcafe).BootEntry(0, 1, 0x83, 100, 50, 0x80).BootEntry(0, 3, 0x07, 200, 50).Read();

        Assert.Equal(
            [new Partition(2, 51200, 25600, "0x83", null, "0000cafe-02", true), new Partition(4, 102400, 25600, "0x07", null, "0000cafe-04", false)],
            table.Partitions);
    }

    [Fact]
    public void A_chain_of_extended_records_that_returns_to_itself_ends_with_a_warning()
    {
        var table = new DiskBuilder(Length)
            .BootEntry(0, 0, 0x05, 100, 500)
            .BootEntry(100, 0, 0x83, 1, 10).BootEntry(100, 1, 0x05, 50, 100)
            .BootEntry(150, 0, 0x83, 1, 10).BootEntry(150, 1, 0x05, 0, 100)
            .Read();

        Assert.Equal([5, 6], table.Partitions.Select(partition => partition.Number));
        Assert.Contains("chain of extended boot records", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_extended_records_that_leaves_the_disk_ends_with_a_warning()
    {
        var table = new DiskBuilder(Length).BootEntry(0, 0, 0x0f, 100, 500).BootEntry(100, 0, 0x83, 1, 10).BootEntry(100, 1, 0x05, 100_000, 100).Read();

        Assert.Equal(5, Assert.Single(table.Partitions).Number);
        Assert.Single(table.Warnings);
    }

    [Fact]
    public void Garbage_in_the_third_and_fourth_entry_of_an_extended_record_is_passed_over()
    {
        var table = new DiskBuilder(Length).BootEntry(0, 0, 0x85, 100, 500).BootEntry(100, 0, 0x83, 1, 10).BootEntry(100, 2, 0x83, 4_000_000, 99).Read();

        Assert.Equal(5, Assert.Single(table.Partitions).Number);
    }

    [Fact]
    public void A_sector_with_an_impossible_boot_flag_is_no_table() =>
        Assert.Equal(PartitionScheme.None, new DiskBuilder(Length).BootEntry(0, 0, 0x83, 100, 50, 0x17).Read().Scheme);

    [RequiresToolTheory("mkfs.vfat")]
    [InlineData("12")]
    [InlineData("16")]
    [InlineData("32")]
    public void The_boot_sector_of_a_fat_volume_is_not_mistaken_for_a_table(string bits)
    {
        using var folder = new TemporaryFolder();
        Tool.Run("mkfs.vfat", "-F", bits, folder.CreateSparse("disk", bits == "12" ? 2_000_000 / 512 * 512 : 40 * 1024 * 1024));
        using var source = new FileByteSource(folder["disk"]);

        Assert.Equal(PartitionScheme.None, PartitionTable.Read(source).Scheme);
    }

    [RequiresToolTheory("xorriso")]
    [InlineData("--protective-msdos-label")]
    [InlineData("-partition_offset 16")]
    public void Installation_media_with_a_table_are_a_volume_as_a_whole_beside_their_partitions(string options)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["tree"]);
        File.WriteAllText(folder["tree/file"], "content");
        Tool.Run("xorriso", ["-as", "mkisofs", "-quiet", .. options.Split(' '), "-R", "-o", folder["image"], folder["tree"]]);

        using var source = new FileByteSource(folder["image"]);
        var volumes = VolumeStack.Open([source]).Volumes;

        Assert.Equal(["/dev/sda", "/dev/sda1"], volumes.Select(volume => volume.Device));
        Assert.Equal("iso9660", volumes[0].Identity?.Type);
    }

    [Fact]
    public void A_slice_translates_reads_and_hints_and_keeps_to_its_bounds()
    {
        var disk = new MemoryByteSource(SlowFetcher.CreatePattern(1000));
        var slice = disk.Slice(100, 50);

        slice.Prefetch([new ByteRange(-10, 20), new ByteRange(40, 1000), new ByteRange(60, 10), new ByteRange(0, long.MaxValue)]);

        Assert.Equal(disk.Bytes[110..120], slice.ReadBytes(10, 10));
        Assert.Equal([new ByteRange(100, 10), new ByteRange(140, 10), new ByteRange(100, 50)], disk.Prefetched);
        Assert.Throws<DiskImageException>(() => slice.ReadBytes(45, 6));
        Assert.Throws<DiskImageException>(() => slice.ReadBytes(-1, 1));
    }
}
