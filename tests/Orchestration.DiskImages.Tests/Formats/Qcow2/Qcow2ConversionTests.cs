using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats.Qcow2;

/// <summary>Every byte of an image that qemu-img writes reads as qemu-img itself reads it.</summary>
public sealed class Qcow2ConversionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("qemu-img")]
    [InlineData("compat=0.10")]
    [InlineData("compat=1.1")]
    [InlineData("compat=1.1,cluster_size=512")]
    [InlineData("compat=1.1,cluster_size=2M")]
    [InlineData("compat=1.1,extended_l2=on,cluster_size=64k")]
    [InlineData("compat=1.1,extended_l2=on,cluster_size=16k")]
    [InlineData("compat=1.1,lazy_refcounts=on")]
    [InlineData("compat=1.1,refcount_bits=1")]
    public void A_converted_image_reads_as_the_disk_it_was_made_from(string options) => Compare(["-o", options]);

    [RequiresToolTheory("qemu-img")]
    [InlineData("compat=0.10")]
    [InlineData("compat=1.1,compression_type=zlib")]
    [InlineData("compat=1.1,compression_type=zstd")]
    [InlineData("compat=1.1,compression_type=zstd,cluster_size=2M")]
    [InlineData("compat=1.1,cluster_size=4096")]
    [InlineData("compat=1.1,extended_l2=on,cluster_size=32k")]
    public void A_compressed_image_reads_as_the_disk_it_was_made_from(string options) => Compare(["-c", "-o", options]);

    [RequiresToolTheory("qemu-img")]
    [InlineData("off")]
    [InlineData("metadata")]
    [InlineData("falloc")]
    [InlineData("full")]
    public void A_preallocated_image_reads_as_zeros(string preallocation)
    {
        Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", "-o", $"preallocation={preallocation}", _folder["image"], "5M");

        using var source = new FileByteSource(_folder["image"]);
        using var image = DiskImage.Open(source, "qcow2");

        Assert.Equal(5 * 1024 * 1024, image.Content.Length);
        Assert.Equal(-1, image.Content.ReadBytes(0, 5 * 1024 * 1024).AsSpan().IndexOfAnyExcept((byte)0));
    }

    [RequiresToolFact("qemu-img")]
    public void An_image_of_size_zero_is_opened()
    {
        Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", _folder["image"], "0");

        using var source = new FileByteSource(_folder["image"]);
        using var image = DiskImage.Open(source);

        Assert.Equal(0, image.Content.Length);
    }

    private void Compare(string[] options)
    {
        var disk = SampleDisk.Write(_folder["disk"]);
        Tool.Run("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", .. options, _folder["disk"], _folder["image"]]);

        SampleDisk.AssertReadsAs(disk, _folder["image"], "qcow2");
    }
}
