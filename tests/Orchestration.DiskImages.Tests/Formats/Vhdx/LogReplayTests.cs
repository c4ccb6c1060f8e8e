using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vhdx;

public sealed class LogReplayTests
{
    private const int Sector = LogBuilder.Sector;
    private const int LastSector = 1024 * 1024 - Sector;

    // Everything the tests write goes into the stored block.
    private const int Target = VhdxBuilder.Stored;

    [RequiresToolFact("qemu-img")]
    public void A_table_that_is_only_in_the_log_is_found_there_as_qemu_img_finds_it()
    {
        using var folder = new TemporaryFolder();
        var disk = SampleDisk.Write(folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vhdx", "-o", "block_size=1M", folder["disk"], folder["image"]);
        var image = new ImageBuilder(File.ReadAllBytes(folder["image"]));
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(VhdxBuilder.Regions + 32));
        var log = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(VhdxBuilder.Header + 72));
        var content = image.Bytes[table..(table + Sector)];
        new LogBuilder(image, log, VhdxBuilder.LogIdentifier).Entry(0, 7, 0, table, content).MarkDirty();
        image.Fill(table, Sector, '\0');
        File.WriteAllBytes(folder["image"], image.Bytes);

        using var opened = DiskImage.Open(image.Build(), "vhdx");
        var read = opened.Content.ReadBytes(0, disk.Length);
        Tool.Run("qemu-img", "check", "-q", "-r", "all", folder["image"]);
        Tool.Run("qemu-img", "convert", "-O", "raw", folder["image"], folder["flat"]);

        Assert.Contains("replayed", Assert.Single(opened.Warnings), StringComparison.Ordinal);
        Assert.True(disk.AsSpan().SequenceEqual(read), "the disk");
        Assert.True(File.ReadAllBytes(folder["flat"]).AsSpan().SequenceEqual(read), "as qemu-img replays it");
    }

    [Fact]
    public void Entries_are_applied_in_order_and_around_the_end_of_the_ring() =>
        Assert.Equal("cb\0a"u8, Replay(log => log
            .Entry(LastSector, 5, LastSector, Target, Fill('b'))
            .Entry(Sector, 6, LastSector, Target + Sector, Fill('b'))
            .Entry(3 * Sector, 7, LastSector, Target, null, 3 * Sector)
            .Entry(4 * Sector, 8, LastSector, Target, Fill('c'))
            .Entry(6 * Sector, 9, LastSector, Target + Sector, Fill('b'))));

    [Fact]
    public void Entries_before_the_tail_of_the_last_were_written_through_already() =>
        Assert.Equal("acaa"u8, Replay(log => log.Entry(0, 5, 0, Target, Fill('b')).Entry(2 * Sector, 6, 2 * Sector, Target + Sector, Fill('c'))));

    [Fact]
    public void Entries_of_another_log_or_with_a_wrong_checksum_or_sequence_are_not_applied()
    {
        Assert.Equal("aaaa"u8, Replay((log, image) => new LogBuilder(image, VhdxBuilder.Log, Guid.NewGuid()).Entry(0, 5, 0, Target, Fill('b'))));
        Assert.Equal("aaaa"u8, Replay((log, image) =>
        {
            log.Entry(0, 5, 0, Target, Fill('b'));
            image.Set(VhdxBuilder.Log + Sector + 100, 1);
        }));
        Assert.Equal("baaa"u8, Replay(log => log.Entry(0, 5, 0, Target, Fill('b')).Entry(2 * Sector, 9, 0, Target, Fill('c'))));
    }

    [Fact]
    public void A_log_that_is_not_in_use_is_not_replayed()
    {
        var image = new VhdxBuilder().Entry(0, 6, VhdxBuilder.Stored).Create();
        new LogBuilder(image, VhdxBuilder.Log, VhdxBuilder.LogIdentifier).Entry(0, 5, 0, Target, Fill('b'));

        using var opened = DiskImage.Open(image.Build());

        Assert.Empty(opened.Warnings);
        Assert.Equal((byte)'a', opened.Content.ReadBytes(0, 1)[0]);
    }

    [Fact]
    public void A_file_that_the_log_lengthens_ends_in_zeros()
    {
        var image = new VhdxBuilder().Entry(0, 6, VhdxBuilder.End).Create();
        new LogBuilder(image, VhdxBuilder.Log, VhdxBuilder.LogIdentifier).Entry(0, 5, 0, Target, Fill('b'), fileLength: VhdxBuilder.End + VhdxBuilder.Block).MarkDirty();

        using var opened = DiskImage.Open(image.Build());

        Assert.Equal(-1, opened.Content.ReadBytes(0, VhdxBuilder.Block).AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_file_shorter_than_when_its_log_was_written_is_refused() =>
        Dirty(log => log.Entry(0, 5, 0, Target, Fill('b'))).IsRefused("vhdx", DiskImageError.Corrupt, "truncated", VhdxBuilder.End - 1);

    [Fact]
    public void A_log_that_lengthens_the_file_beyond_all_bounds_is_refused() =>
        Dirty(log => log.Entry(0, 5, 0, Target, Fill('b'), fileLength: long.MaxValue)).IsRefused("vhdx", DiskImageError.Corrupt, "expected at most");

    [Theory]
    [InlineData(68, 0x0300_0000u, DiskImageError.LimitExceeded)]
    [InlineData(68, 5000u, DiskImageError.Corrupt)]
    [InlineData(72, 0x7000_0000u, DiskImageError.Corrupt)]
    public void An_impossible_log_is_refused(int field, uint value, DiskImageError error)
    {
        var builder = new VhdxBuilder().Set(VhdxBuilder.Header + field, value).Set(VhdxBuilder.SecondHeader + field, value);
        var image = builder.Set(VhdxBuilder.Header + 48, VhdxBuilder.LogIdentifier.ToByteArray()).Set(VhdxBuilder.SecondHeader + 48, VhdxBuilder.LogIdentifier.ToByteArray()).Create();

        image.IsRefused("vhdx", error, "log");
    }

    [Fact]
    public void Entries_that_all_overlap_are_refused_before_they_take_time()
    {
        var image = Dirty(_ => { });
        for (var start = 0; start <= LastSector; start += Sector)
        {
            image.Set(VhdxBuilder.Log + start, "loge"u8).LittleEndian(VhdxBuilder.Log + start + 8, 1024u * 1024).Set(VhdxBuilder.Log + start + 32, VhdxBuilder.LogIdentifier.ToByteArray());
        }

        image.IsRefused("vhdx", DiskImageError.LimitExceeded, "overlap too often");
    }

    private static byte[] Fill(char content) => [.. Enumerable.Repeat((byte)content, Sector)];

    private static ImageBuilder Dirty(Action<LogBuilder> write) => Dirty((log, _) => write(log));

    private static ImageBuilder Dirty(Action<LogBuilder, ImageBuilder> write)
    {
        var image = new VhdxBuilder().Entry(0, 6, VhdxBuilder.Stored).Create();
        var log = new LogBuilder(image, VhdxBuilder.Log, VhdxBuilder.LogIdentifier).MarkDirty();
        write(log, image);
        return image;
    }

    private static byte[] Replay(Action<LogBuilder> write) => Replay((log, _) => write(log));

    // The last byte of each of the first four sectors, after checking that their other bytes are the same.
    private static byte[] Replay(Action<LogBuilder, ImageBuilder> write)
    {
        using var image = DiskImage.Open(Dirty(write).Build());
        var sectors = Enumerable.Range(0, 4).Select(sector => image.Content.ReadBytes(sector * Sector, Sector)).ToList();
        Assert.All(sectors, sector => Assert.Equal(-1, sector.AsSpan().IndexOfAnyExcept(sector[^1])));
        return [.. sectors.Select(sector => sector[^1])];
    }
}
