using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vhdx;

public sealed class VhdxTests : IDisposable
{
    private const int Block = VhdxBuilder.Block;

    // The entry of the first bitmap comes after those of the blocks that it covers.
    private const int BitmapEntry = 4096;
    private const int BitmapEntryOf4KSectors = 32768;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("subformat=dynamic")]
    [InlineData("subformat=dynamic,block_size=1M,block_state_zero=off")]
    [InlineData("subformat=dynamic,block_size=2M,log_size=4M")]
    [InlineData("subformat=fixed,block_size=1M")]
    public void An_image_reads_as_qemu_img_reads_it(string options)
    {
        SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vhdx", "-o", options, _folder["disk"], _folder["image"]);
        Tool.Run("qemu-img", "convert", "-f", "vhdx", "-O", "raw", _folder["image"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["image"], "vhdx");
    }

    [RequiresToolFact("qemu-img", "qemu-io")]
    public void Blocks_after_the_entries_of_bitmaps_are_found()
    {
        Tool.Run("qemu-img", "create", "-q", "-f", "vhdx", "-o", "block_size=1M", _folder["image"], "9G");
        Tool.Run("qemu-io", "-f", "vhdx", "-c", "write -P 1 4095M 2M", "-c", "write -P 2 8192M 64k", _folder["image"]);

        using var source = new FileByteSource(_folder["image"]);
        using var image = DiskImage.Open(source, "vhdx");

        Assert.Equal([0, 1], image.Content.ReadBytes(4095L * Block - 1, 2));
        Assert.Equal([1, 1], image.Content.ReadBytes(4096L * Block - 1, 2));
        Assert.Equal([1, 0], image.Content.ReadBytes(4097L * Block - 1, 2));
        Assert.Equal([0, 2], image.Content.ReadBytes(8192L * Block - 1, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_without_content_read_as_zeros(int state)
    {
        using var image = DiskImage.Open(new VhdxBuilder().Entry(0, state, VhdxBuilder.Stored).Build());

        Assert.Equal(0, image.Content.ReadBytes(0, 1)[0]);
    }

    [Theory]
    [InlineData(512, BitmapEntry)]
    [InlineData(4096, BitmapEntryOf4KSectors)]
    public void A_differencing_image_shows_its_parent_through_sectors_that_are_not_present(int sector, int bitmapEntry)
    {
        var parent = new VhdxBuilder((uint)sector).Entry(0, 6, VhdxBuilder.Stored).Entry(1, 6, VhdxBuilder.Stored).Create().Fill(VhdxBuilder.Stored, Block, 'p');
        var child = new VhdxBuilder((uint)sector, hasParent: true).Entry(0, 7, VhdxBuilder.Stored).Entry(bitmapEntry, 6, VhdxBuilder.Bitmap).Set(VhdxBuilder.Bitmap, [0b0000_0110]);

        using var image = Open(child, parent);

        Assert.Equal("paap"u8, (byte[])[.. Enumerable.Range(0, 4).Select(index => image.Content.ReadBytes(index * sector + 7, 1)[0])]);
        Assert.Equal("pa"u8, image.Content.ReadBytes(sector - 1, 2));
        Assert.Equal((byte)'p', image.Content.ReadBytes(2 * Block - 1, 1)[0]);
    }

    [Fact]
    public void Zero_blocks_of_a_differencing_image_hide_the_parent()
    {
        var parent = new VhdxBuilder().Entry(0, 6, VhdxBuilder.Stored).Entry(1, 6, VhdxBuilder.Stored).Create();

        using var image = Open(new VhdxBuilder(hasParent: true).Entry(0, 2).Entry(1, 6, VhdxBuilder.Bitmap), parent);

        Assert.Equal([0, 0], (byte[])[image.Content.ReadBytes(0, 1)[0], image.Content.ReadBytes(Block, 1)[0]]);
    }

    [Fact]
    public void Of_an_absolute_path_to_the_parent_the_file_name_is_taken()
    {
        using var image = Open(new VhdxBuilder(hasParent: true, relativePath: ""), new VhdxBuilder().Create(), "absolute.vhdx");

        Assert.Equal(2 * Block, image.Content.Length);
    }

    [Fact]
    public void A_parent_that_was_written_to_since_is_refused() =>
        new VhdxBuilder(hasParent: true).Create().IsRefused(
            "backing file",
            DiskImageError.Corrupt,
            "expected 1111",
            files: new FileResolver(_ => new VhdxBuilder().Set(VhdxBuilder.Header + 32, 7u).Set(VhdxBuilder.SecondHeader + 32, 7u).Build()));

    [Fact]
    public void The_header_with_the_higher_sequence_number_counts()
    {
        var parent = new VhdxBuilder().Set(VhdxBuilder.Header + 32, 7u).Set(VhdxBuilder.SecondHeader + 8, 2UL);

        using var image = Open(new VhdxBuilder(hasParent: true), parent.Create());

        Assert.Equal(2 * Block, image.Content.Length);
    }

    [Fact]
    public void One_good_header_and_one_good_region_table_are_enough()
    {
        using var first = DiskImage.Open(new VhdxBuilder().Create().Set(VhdxBuilder.Header + 100, 1).Set(VhdxBuilder.Regions + 100, 1).Build());
        using var second = DiskImage.Open(new VhdxBuilder().Create().Set(VhdxBuilder.SecondHeader + 100, 1).Set(VhdxBuilder.SecondRegions + 100, 1).Build());

        Assert.Equal(first.Content.Length, second.Content.Length);
    }

    [Fact]
    public void Two_damaged_headers_are_refused() =>
        new VhdxBuilder().Create().Set(VhdxBuilder.Header + 100, 1).Set(VhdxBuilder.SecondHeader + 100, 1).IsRefused("vhdx", DiskImageError.Corrupt, "neither of the two headers");

    [Fact]
    public void Two_damaged_region_tables_are_refused() =>
        new VhdxBuilder().Create().Set(VhdxBuilder.Regions + 100, 1).Set(VhdxBuilder.SecondRegions + 100, 1)
            .IsRefused("vhdx", DiskImageError.Corrupt, "neither of the two region tables");

    [Fact]
    public void Another_version_is_refused() =>
        new VhdxBuilder().Set(VhdxBuilder.Header + 64, 0x0002_0000u).Set(VhdxBuilder.SecondHeader + 64, 0x0002_0000u).Create()
            .IsRefused("vhdx", DiskImageError.Unsupported, "version 2");

    [Fact]
    public void A_required_region_that_nobody_knows_is_refused() =>
        new VhdxBuilder().Set(VhdxBuilder.Regions + 16, 7u).Create().IsRefused("vhdx", DiskImageError.Unsupported, "region 00000007");

    [Theory]
    [InlineData(8, 3000UL, "expected at most 2047")]
    [InlineData(8, 0UL, "no region of the block allocation table")]
    [InlineData(32, 4096UL, "within the headers")]
    [InlineData(32, ulong.MaxValue, "within the headers")]
    [InlineData(32, 1UL << 50, "truncated")]
    public void Impossible_regions_are_refused(int field, ulong value, string rule) =>
        new VhdxBuilder().Set(VhdxBuilder.Regions + field, value).Create().IsRefused("vhdx", DiskImageError.Corrupt, rule);

    [Fact]
    public void Required_metadata_that_nobody_knows_is_refused_and_other_is_not()
    {
        const string Item = "77777777-0000-0000-0000-000000000000";
        new VhdxBuilder().AddItem(Item, [1]).Create().IsRefused("vhdx", DiskImageError.Unsupported, $"metadata item {Item}");
        using var image = DiskImage.Open(new VhdxBuilder().AddItem(Item, [1], flags: 0).Build());

        Assert.Equal(2 * Block, image.Content.Length);
    }

    [Theory]
    [InlineData(0, 0UL, "block size")]
    [InlineData(0, 3UL << 20, "block size")]
    [InlineData(1, ulong.MaxValue, "virtual size")]
    [InlineData(1, 1UL << 50, "virtual size")]
    [InlineData(1, 100UL, "virtual size")]
    [InlineData(1, 64UL << 40, "block allocation table has")]
    [InlineData(2, 1024UL, "logical sector size")]
    public void Impossible_metadata_is_refused(int item, ulong value, string rule) =>
        new VhdxBuilder().Set(VhdxBuilder.Item(item), value).Create().IsRefused("vhdx", DiskImageError.Corrupt, rule);

    [Theory]
    [InlineData(16, 0u)]
    [InlineData(16, 0xffff_fff0u)]
    [InlineData(20, 0x4000_0000u)]
    public void Metadata_outside_its_region_is_refused(int field, uint value) =>
        new VhdxBuilder().Set(VhdxBuilder.Metadata + 32 + field, value).Create().IsRefused("vhdx", DiskImageError.Corrupt, "inside the region");

    [Theory]
    [InlineData(18, 0xffffu, "no room")]
    [InlineData(20, 0xffff_fff0u, "a text of the parent locator")]
    public void An_impossible_parent_locator_is_refused(int field, uint value, string rule) =>
        new VhdxBuilder(hasParent: true).Set(VhdxBuilder.Item(3) + field, value).Create().IsRefused("vhdx", DiskImageError.Corrupt, rule);

    [Theory]
    [InlineData(4, "state 4")]
    [InlineData(7, "state 7")]
    public void States_that_a_block_cannot_have_are_refused(int state, string rule) =>
        new VhdxBuilder().Entry(0, state, VhdxBuilder.Stored).Create().IsRefused("vhdx", DiskImageError.Corrupt, rule);

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_partly_present_block_without_a_bitmap_is_refused(int state) =>
        new VhdxBuilder(hasParent: true).Entry(0, 7, VhdxBuilder.Stored).Entry(BitmapEntry, state, state == 0 ? 0 : VhdxBuilder.End).Create()
            .IsRefused("vhdx", DiskImageError.Corrupt, "the bitmap of the partly present block 0", files: new FileResolver(_ => new VhdxBuilder().Build()));

    [Theory]
    [InlineData(0, "within the headers")]
    [InlineData(VhdxBuilder.End, "truncated")]
    public void A_block_outside_the_image_is_refused(int stored, string rule) =>
        new VhdxBuilder().Entry(0, 6, stored).Create().IsRefused("vhdx", DiskImageError.Corrupt, rule);

    private static DiskImage Open(VhdxBuilder child, ImageBuilder parent, string parentName = "base.vhdx") => DiskImage.Open(
        child.Build(), "vhdx", new FileResolver(name => name == parentName ? parent.Build() : throw new InvalidOperationException(name)));
}
