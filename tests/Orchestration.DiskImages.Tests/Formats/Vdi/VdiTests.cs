using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vdi;

public sealed class VdiTests : IDisposable
{
    private const int Block = 4096;
    private const int BlockMap = 512;
    private const int Data = 4096;

    private static readonly Guid Identifier = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid Modification = new("66666666-7777-8888-9999-aaaaaaaaaaaa");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("static=off")]
    [InlineData("static=on")]
    public void An_image_reads_as_qemu_img_reads_it(string options)
    {
        SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vdi", "-o", options, _folder["disk"], _folder["image"]);
        Tool.Run("qemu-img", "convert", "-f", "vdi", "-O", "raw", _folder["image"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["image"], "vdi");
    }

    [Fact]
    public void Free_and_zero_blocks_read_as_zeros_and_blocks_lie_in_any_order()
    {
        using var image = DiskImage.Open(Create().LittleEndian(BlockMap, 1u).LittleEndian(BlockMap + 4, 0xffff_fffeu).LittleEndian(BlockMap + 8, 0u).Build());

        Assert.Equal([.. new byte[10], .. Enumerable.Repeat((byte)'a', 10)], image.Content.ReadBytes(2 * Block - 10, 20));
        Assert.Equal((byte)'b', image.Content.ReadBytes(0, 1)[0]);
        Assert.Equal(0, image.Content.ReadBytes(3 * Block, 1)[0]);
    }

    [Fact]
    public void Extra_bytes_before_each_block_are_skipped()
    {
        var image = Create().LittleEndian(0x17c, 512u).LittleEndian(BlockMap, 1u).Fill(Data, 2 * Block, 'x').Fill(Data + 512 + Block + 512, Block, 'd');

        using var opened = DiskImage.Open(image.Build());

        Assert.Equal([.. Enumerable.Repeat((byte)'d', Block)], opened.Content.ReadBytes(0, Block));
    }

    [Fact]
    public void A_differencing_image_shows_its_parent_through_free_blocks_only()
    {
        var parent = Create().LittleEndian(BlockMap, 0u).LittleEndian(BlockMap + 4, 0u).LittleEndian(BlockMap + 8, 0u);
        var child = CreateChild().LittleEndian(BlockMap, 1u).LittleEndian(BlockMap + 4, 0xffff_fffeu);

        using var image = DiskImage.Open(child.Build(), "vdi", new FileResolver(name => name == $"{Identifier:B}.vdi" ? parent.Build() : throw new InvalidOperationException(name)));

        Assert.Equal("b\0a\0"u8, (byte[])[.. image.Content.ReadBytes(0, 1), .. image.Content.ReadBytes(Block, 1), .. image.Content.ReadBytes(2 * Block, 1), .. image.Content.ReadBytes(3 * Block, 1)]);
    }

    [Fact]
    public void A_parent_that_was_written_to_since_is_refused() =>
        CreateChild().IsRefused(
            "backing file", DiskImageError.Corrupt, "no longer", files: new FileResolver(_ => Create().Set(0x198, Guid.Empty.ToByteArray()).Build()));

    [Fact]
    public void A_parent_of_another_format_is_refused() =>
        CreateChild().IsRefused("image", DiskImageError.FormatMismatch, "no vdi signature", files: new FileResolver(_ => new MemoryByteSource(new byte[4096])));

    [Fact]
    public void A_differencing_image_is_refused_where_no_other_files_are_allowed() =>
        CreateChild().IsRefused("backing file", DiskImageError.NotFound, "not allowed");

    [Fact]
    public void An_image_that_rests_on_itself_is_refused()
    {
        var child = CreateChild().Set(0x188, Identifier.ToByteArray()).Set(0x198, Modification.ToByteArray());

        child.IsRefused("backing file", DiskImageError.Corrupt, "rests on itself", files: new FileResolver(_ => child.Build()));
    }

    [Theory]
    [InlineData(3u, "undo image")]
    [InlineData(9u, "image type 9")]
    public void Other_types_of_image_are_refused_by_name(uint type, string rule) =>
        Create().LittleEndian(0x4c, type).IsRefused("vdi", DiskImageError.Unsupported, rule);

    [Fact]
    public void Another_version_is_refused() => Create().LittleEndian(0x44, 0x0000_0001u).IsRefused("vdi", DiskImageError.Unsupported, "version 0.1");

    [Theory]
    [InlineData(0u)]
    [InlineData(3000u)]
    [InlineData(0x8000_0000u)]
    public void Impossible_block_sizes_are_refused(uint size) => Create().LittleEndian(0x178, size).IsRefused("vdi", DiskImageError.Corrupt, "block size");

    [Theory]
    [InlineData(4UL * Block + 1)]
    [InlineData(ulong.MaxValue)]
    public void A_virtual_size_that_the_block_map_does_not_cover_is_refused(ulong size) =>
        Create().LittleEndian(0x170, size).IsRefused("vdi", DiskImageError.Corrupt, "the block map covers");

    [Fact]
    public void Too_many_extra_bytes_are_refused() => Create().LittleEndian(0x17c, uint.MaxValue).IsRefused("vdi", DiskImageError.Corrupt, "extra bytes");

    [Theory]
    [InlineData(300)]
    [InlineData(BlockMap + 15)]
    [InlineData(Data + Block - 1)]
    public void A_truncated_image_is_refused(int length) =>
        Create().LittleEndian(BlockMap, 0u).IsRefused("vdi", DiskImageError.Corrupt, length == 300 ? "a header has" : "truncated", length, readLength: Block);

    [Fact]
    public void A_block_far_beyond_the_end_is_refused() =>
        Create().LittleEndian(BlockMap, 0xffff_fffdu).IsRefused("vdi", DiskImageError.Corrupt, "truncated");

    // Four blocks of which none is stored, and room for three: one of a, one of b.
    private static ImageBuilder Create() => new ImageBuilder(new byte[Data + 3 * Block])
        .LittleEndian(0x40, 0xbeda_107fu).LittleEndian(0x44, 0x0001_0001u).LittleEndian(0x4c, 1u)
        .LittleEndian(0x154, (uint)BlockMap).LittleEndian(0x158, (uint)Data).LittleEndian(0x170, 4UL * Block).LittleEndian(0x178, (uint)Block).LittleEndian(0x180, 4u)
        .Set(0x188, Identifier.ToByteArray()).Set(0x198, Modification.ToByteArray())
        .Fill(BlockMap, 16, '\u00ff').Fill(Data, Block, 'a').Fill(Data + Block, Block, 'b');

    private static ImageBuilder CreateChild() => Create()
        .LittleEndian(0x4c, 4u).Set(0x188, Guid.Empty.ToByteArray()).Set(0x1a8, Identifier.ToByteArray()).Set(0x1b8, Modification.ToByteArray());
}
