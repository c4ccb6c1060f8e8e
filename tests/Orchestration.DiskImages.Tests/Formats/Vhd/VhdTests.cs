using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Vhd;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vhd;

public sealed class VhdTests : IDisposable
{
    private const int Block = VhdBuilder.Block;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("subformat=dynamic")]
    [InlineData("subformat=fixed")]
    [InlineData("subformat=dynamic,force_size=on")]
    [InlineData("subformat=fixed,force_size=on")]
    public void An_image_reads_as_qemu_img_reads_it(string options)
    {
        WriteReal(options);
        Tool.Run("qemu-img", "convert", "-f", "vpc", "-O", "raw", _folder["image"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["image"], "vhd");
    }

    [RequiresToolTheory("qemu-img")]
    [InlineData("subformat=dynamic,force_size=on")]
    [InlineData("subformat=fixed,force_size=on")]
    public void A_footer_of_511_bytes_is_read(string options)
    {
        var disk = WriteReal(options);
        File.WriteAllBytes(_folder["image"], File.ReadAllBytes(_folder["image"])[..^1]);

        SampleDisk.AssertReadsAs(disk, _folder["image"], "vhd");
    }

    [RequiresToolFact("qemu-img")]
    public void The_current_size_counts_and_not_that_of_the_geometry()
    {
        var disk = WriteReal("subformat=fixed,force_size=on");
        var image = File.ReadAllBytes(_folder["image"]);
        var footer = image.AsSpan(image.Length - 512);
        footer[59] = 1;
        "vpc "u8.CopyTo(footer[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(footer[64..], VhdFooter.ComputeChecksum(footer, 64));
        File.WriteAllBytes(_folder["image"], image);

        SampleDisk.AssertReadsAs(disk, _folder["image"], "vhd");
    }

    [RequiresToolFact("qemu-img")]
    public void A_fixed_disk_whose_guest_wrote_another_signature_is_what_it_was_declared_to_be()
    {
        WriteReal("subformat=fixed,force_size=on");
        var image = File.ReadAllBytes(_folder["image"]);
        "QFI\u00fb"u8.CopyTo(image);

        using var opened = DiskImage.Open(new MemoryByteSource(image), "vhd");

        Assert.Equal(image[..100], opened.Content.ReadBytes(0, 100));
    }

    [Fact]
    public void Sectors_that_were_never_written_read_as_zeros_whatever_is_stored_there()
    {
        using var image = DiskImage.Open(new VhdBuilder().Allocate(1, VhdBuilder.SecondBlock, 0b0101_0001).Build());

        Assert.Equal("\0\0b\0b\0\0\0b\0"u8, Sample(image));
    }

    [Fact]
    public void A_differencing_image_shows_its_parent_where_it_was_never_written_to()
    {
        var parent = new VhdBuilder().Allocate(1, VhdBuilder.FirstBlock, 0b1110_0000);
        var child = VhdBuilder.CreateChild().ParentLocator("W2ru", @".\base\disk.vhd").Allocate(1, VhdBuilder.SecondBlock, 0b0101_0001);

        using var image = Open(child, "base/disk.vhd", parent);

        Assert.Equal("\0abab\0\0\0b\0"u8, Sample(image));
    }

    [Fact]
    public void Of_an_absolute_path_to_the_parent_the_file_name_is_taken()
    {
        using var byLocator = Open(VhdBuilder.CreateChild().ParentLocator("W2ku", @"C:\disks\base.vhd").ParentName("other"), "base.vhd", new VhdBuilder());
        using var byName = Open(VhdBuilder.CreateChild().ParentName(@"D:\base.vhd"), "base.vhd", new VhdBuilder());

        Assert.Equal(byLocator.Content.Length, byName.Content.Length);
    }

    [Fact]
    public void A_parent_with_another_identifier_is_refused() =>
        VhdBuilder.CreateChild().ParentName("base").Create().IsRefused(
            "backing file", DiskImageError.Corrupt, "expected 1111", files: new FileResolver(_ => VhdBuilder.CreateChild().SetFooter(60, 3u).Build()));

    [Fact]
    public void A_differencing_image_without_a_name_for_its_parent_is_refused() =>
        VhdBuilder.CreateChild().Create().IsRefused("vhd", DiskImageError.Corrupt, "does not name its parent");

    [Fact]
    public void A_parent_locator_outside_the_image_is_refused() =>
        VhdBuilder.CreateChild().ParentLocator("W2ru", "x").SetHeader(576 + 24 + 16, ulong.MaxValue).Create().IsRefused("vhd", DiskImageError.Corrupt, "parent locator");

    [Fact]
    public void A_damaged_footer_is_replaced_by_its_copy_at_the_start_with_a_warning()
    {
        using var damaged = DiskImage.Open(new VhdBuilder().Allocate(0, VhdBuilder.FirstBlock, 0xff).Create().Set(VhdBuilder.Footer + 48, 0x77).Build());
        using var missing = DiskImage.Open(new VhdBuilder().Create().Build(VhdBuilder.Footer));

        Assert.Equal((byte)'a', damaged.Content.ReadBytes(0, 1)[0]);
        Assert.Contains("copy at the start", Assert.Single(damaged.Warnings), StringComparison.Ordinal);
        Assert.Single(missing.Warnings);
    }

    [Fact]
    public void An_image_with_both_footers_damaged_is_refused() =>
        new VhdBuilder().Create().Set(VhdBuilder.Footer + 48, 0x77).Set(48, 0x77).IsRefused("vhd", DiskImageError.Corrupt, "neither the footer nor a copy");

    [Fact]
    public void A_fixed_disk_without_the_bytes_it_promises_is_refused() =>
        new VhdBuilder().SetFooter(60, 2u).SetFooter(48, (ulong)VhdBuilder.Footer + 1).Create().IsRefused("vhd", DiskImageError.Corrupt, "truncated");

    [Theory]
    [InlineData(12, 0x0002_0000u, "version 2.0")]
    [InlineData(60, 5u, "disk type 5")]
    public void What_is_not_known_is_refused_by_name(int offset, uint value, string rule) =>
        new VhdBuilder().SetFooter(offset, value).Create().IsRefused("vhd", DiskImageError.Unsupported, rule);

    [Theory]
    [InlineData(16, ulong.MaxValue, "the header lies at")]
    [InlineData(16, 1024UL, "cxsparse")]
    [InlineData(48, ulong.MaxValue, "more than 2^63")]
    [InlineData(48, 4UL * Block + 1, "the block allocation table covers")]
    public void Impossible_footers_are_refused(int offset, ulong value, string rule) =>
        new VhdBuilder().SetFooter(offset, value).Create().IsRefused("vhd", DiskImageError.Corrupt, rule);

    [Theory]
    [InlineData(32, 0u, "block size")]
    [InlineData(32, 5000u, "block size")]
    [InlineData(28, 3u, "the block allocation table covers")]
    [InlineData(28, uint.MaxValue, "goes beyond the end")]
    [InlineData(16, 0x8000_0000u, "goes beyond the end")]
    public void Impossible_headers_are_refused(int offset, uint value, string rule) =>
        new VhdBuilder().SetHeader(offset, value).Create().IsRefused("vhd", DiskImageError.Corrupt, rule);

    [Fact]
    public void A_header_with_a_wrong_checksum_is_refused() =>
        new VhdBuilder().Create().Set(VhdBuilder.Header + 100, 1).IsRefused("vhd", DiskImageError.Corrupt, "checksum of the header");

    [Theory]
    [InlineData(VhdBuilder.Footer + 512)]
    [InlineData(VhdBuilder.Footer)]
    [InlineData(0x7fff_fe00)]
    public void A_block_beyond_the_end_is_refused(int stored)
    {
        var image = new VhdBuilder().Create().BigEndian(VhdBuilder.Table, (uint)stored / 512);
        if (stored == VhdBuilder.Footer)
        {
            image.Fill(stored - 512, 512, '\u00ff').BigEndian(VhdBuilder.Table, ((uint)stored / 512) - 1);
        }

        image.IsRefused("vhd", DiskImageError.Corrupt, "truncated", readLength: Block);
    }

    // The last byte before the second block, one of each of its sectors, and the first byte after it.
    private static byte[] Sample(DiskImage image) =>
        [.. image.Content.ReadBytes(Block - 1, 1), .. Enumerable.Range(0, 8).Select(sector => image.Content.ReadBytes(Block, Block)[sector * 512 + 100]), .. image.Content.ReadBytes(2 * Block, 1)];

    private static DiskImage Open(VhdBuilder child, string parentName, VhdBuilder parent) => DiskImage.Open(
        child.Build(), "vhd", new FileResolver(name => name == parentName ? parent.Build() : throw new InvalidOperationException(name)));

    private byte[] WriteReal(string options)
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vpc", "-o", options, _folder["disk"], _folder["image"]);
        return disk;
    }
}
