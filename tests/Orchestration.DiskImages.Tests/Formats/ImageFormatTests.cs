using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Formats.Qcow2;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats;

public sealed class ImageFormatTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("raw")]
    [InlineData("img")]
    [InlineData("RAW")]
    public void Random_bytes_are_a_raw_image(string? declared)
    {
        var bytes = SlowFetcher.CreatePattern(10_000);
        using var image = DiskImage.Open(new MemoryByteSource(bytes), declared);

        Assert.Equal("raw", image.Format);
        Assert.Equal(bytes, image.Content.ReadBytes(0, bytes.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void An_image_shorter_than_any_header_is_raw(int length)
    {
        using var image = DiskImage.Open(new MemoryByteSource(new byte[length]));

        Assert.Equal("raw", image.Format);
    }

    [Theory]
    [InlineData("qcow2")]
    [InlineData("vmdk")]
    public void Random_bytes_declared_otherwise_are_a_mismatch(string declared) =>
        Assert.Equal(DiskImageError.FormatMismatch, Fail(SlowFetcher.CreatePattern(10_000), declared).Error);

    [Theory]
    [InlineData("raw")]
    [InlineData("vdi")]
    public void A_qcow2_image_declared_otherwise_is_a_mismatch(string declared) =>
        Assert.Equal(DiskImageError.FormatMismatch, Fail(new Qcow2Builder().Build().Bytes, declared).Error);

    [Fact]
    public void A_format_that_nobody_knows_is_refused() => Assert.Equal(DiskImageError.Unsupported, Fail(new byte[1000], "floppy").Error);

    [RequiresToolTheory("qemu-img")]
    [InlineData("qed", "qed")]
    [InlineData("qcow", "qcow")]
    [InlineData("parallels", "parallels")]
    public void Formats_that_cannot_be_read_yet_are_named(string format, string name)
    {
        using var folder = new TemporaryFolder();
        Tool.Run("qemu-img", "create", "-q", "-f", format, folder["image"], "10M");

        var exception = Fail(File.ReadAllBytes(folder["image"]), null);

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains($"the image is {name},", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolTheory("sh", "gzip", "xz", "zstd", "bzip2", "python3")]
    [InlineData("gzip -c disk > image", "gzip")]
    [InlineData("xz -c disk > image", "xz")]
    [InlineData("zstd -qc disk > image", "zstd")]
    [InlineData("bzip2 -c disk > image", "bzip2")]
    [InlineData("python3 -m zipfile -c image disk", "zip")]
    public void An_image_that_was_compressed_as_a_whole_is_named_and_not_taken_for_an_empty_disk(string command, string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["disk"], SlowFetcher.CreatePattern(100_000));
        Tool.Run("sh", "-c", $"cd \"$1\" && {command}", "sh", folder.Root);

        var exception = Fail(File.ReadAllBytes(folder["image"]), null);

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains($"the image is {name},", exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_a_computer_boots_from_is_raw_whatever_it_begins_with()
    {
        var bytes = new byte[1024];
        (bytes[0], bytes[1], bytes[2], bytes[510], bytes[511]) = (0x1f, 0x8b, 8, 0x55, 0xaa);

        using var image = DiskImage.Open(new MemoryByteSource(bytes));

        Assert.Equal("raw", image.Format);
    }

    private static DiskImageException Fail(byte[] bytes, string? declared) =>
        Assert.Throws<DiskImageException>(() => DiskImage.Open(new MemoryByteSource(bytes), declared));
}
