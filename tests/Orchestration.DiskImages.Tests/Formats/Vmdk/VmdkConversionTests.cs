using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Vmdk;

/// <summary>Every byte of an image that qemu-img writes reads as qemu-img itself reads it.</summary>
public sealed class VmdkConversionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("subformat=monolithicSparse")]
    [InlineData("subformat=monolithicSparse,zeroed_grain=on")]
    [InlineData("subformat=monolithicSparse,compat6=on")]
    [InlineData("subformat=streamOptimized")]
    [InlineData("subformat=monolithicFlat")]
    [InlineData("subformat=twoGbMaxExtentSparse")]
    [InlineData("subformat=twoGbMaxExtentFlat")]
    public void An_image_reads_as_qemu_img_reads_it(string options)
    {
        Convert(options);
        Tool.Run("qemu-img", "convert", "-f", "vmdk", "-O", "raw", _folder["image.vmdk"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["image.vmdk"], "vmdk");
    }

    [RequiresToolFact("qemu-img")]
    public void An_image_of_one_extent_is_read_under_any_name()
    {
        var disk = Convert("subformat=monolithicSparse");
        File.Move(_folder["image.vmdk"], _folder["renamed.vmdk"]);

        SampleDisk.AssertReadsAs(disk, _folder["renamed.vmdk"], "vmdk");
    }

    [RequiresToolFact("qemu-img")]
    public void A_stream_whose_directory_is_told_by_its_footer_reads_as_qemu_img_reads_it()
    {
        Convert("subformat=streamOptimized");
        var image = File.ReadAllBytes(_folder["image.vmdk"]);
        var header = image[..512];
        var padding = new byte[(512 - image.Length % 512) % 512];
        var footerMarker = new ImageBuilder(new byte[512]).LittleEndian(0, 1UL).LittleEndian(12, 3u).Bytes;
        image.AsSpan(56, 8).Fill(0xff);
        File.WriteAllBytes(_folder["image.vmdk"], [.. image, .. padding, .. footerMarker, .. header, .. new byte[512]]);
        Tool.Run("qemu-img", "convert", "-f", "vmdk", "-O", "raw", _folder["image.vmdk"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["image.vmdk"], "vmdk");
    }

    [RequiresToolTheory("qemu-img", "qemu-io")]
    [InlineData("monolithicSparse")]
    [InlineData("twoGbMaxExtentSparse")]
    public void A_delta_shows_its_parent_through(string parentKind)
    {
        Convert($"subformat={parentKind}");
        Tool.Run("qemu-img", "create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", _folder["image.vmdk"], _folder["delta.vmdk"]);
        Tool.Run("qemu-io", "-f", "vmdk", "-c", "write -P 7 300k 100k", "-c", "write -P 9 5M 1k", _folder["delta.vmdk"]);
        Tool.Run("qemu-img", "convert", "-f", "vmdk", "-O", "raw", _folder["delta.vmdk"], _folder["flat"]);

        SampleDisk.AssertReadsAs(File.ReadAllBytes(_folder["flat"]), _folder["delta.vmdk"], "vmdk");
    }

    [RequiresToolTheory("qemu-img", "qemu-io")]
    [InlineData("twoGbMaxExtentSparse")]
    [InlineData("twoGbMaxExtentFlat")]
    public void A_disk_in_several_extents_is_read_across_their_borders(string kind)
    {
        const long Border = 2147418112;
        Tool.Run("qemu-img", "create", "-q", "-f", "vmdk", "-o", $"subformat={kind}", _folder["image.vmdk"], "4200M");
        Tool.Run("qemu-io", "-f", "vmdk", "-c", $"write -P 1 {Border - 65536} 128k", "-c", $"write -P 2 {2 * Border} 64k", _folder["image.vmdk"]);
        Assert.Equal(4, Directory.GetFiles(_folder.Root).Length);

        using var source = new FileByteSource(_folder["image.vmdk"]);
        using var image = DiskImage.Open(source, "vmdk", new NeighbourFiles(_folder.Root));

        Assert.Equal(4200L * 1024 * 1024, image.Content.Length);
        Assert.Equal([0, .. Enumerable.Repeat((byte)1, 128 * 1024), 0], image.Content.ReadBytes(Border - 65536 - 1, 128 * 1024 + 2));
        Assert.Equal([0, 2], image.Content.ReadBytes(2 * Border - 1, 2));
    }

    private byte[] Convert(string options)
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", options, _folder["disk"], _folder["image.vmdk"]);
        return disk;
    }
}
