using System.Globalization;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Formats.Qcow2;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Formats;

public sealed class BackingChainTests
{
    private const int Cluster = Qcow2Builder.Cluster;

    [RequiresToolFact("qemu-img", "qemu-io")]
    public void A_chain_of_overlays_reads_as_qemu_img_flattens_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["base"], SlowFetcher.CreatePattern(700_000 / 512 * 512));
        Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", folder["base"], folder["middle"], "1500k");
        Tool.Run("qemu-io", "-c", "write -P 7 300k 100k", "-c", "write -z 500k 64k", folder["middle"]);
        Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", folder["middle"], folder["top"], "2M");
        Tool.Run("qemu-io", "-c", "write -P 9 350k 10k", "-c", "write -P 5 1700k 1k", folder["top"]);
        Tool.Run("qemu-img", "convert", "-O", "raw", folder["top"], folder["flat"]);

        using var source = new FileByteSource(folder["top"]);
        using var image = DiskImage.Open(source, backingFiles: new FileResolver(name => new FileByteSource(name)));

        Assert.True(File.ReadAllBytes(folder["flat"]).AsSpan().SequenceEqual(image.Content.ReadBytes(0, 2 * 1024 * 1024)));
    }

    [Fact]
    public void A_backing_file_shorter_than_the_image_ends_in_zeros()
    {
        using var image = Open(new Qcow2Builder().Backing("base", "raw"), _ => new MemoryByteSource([.. Enumerable.Repeat((byte)'b', 100)]));

        Assert.Equal([.. Enumerable.Repeat((byte)'b', 100), .. new byte[100]], image.Content.ReadBytes(0, 200));
    }

    [Fact]
    public void An_image_with_a_backing_file_is_refused_where_none_are_allowed()
    {
        var exception = Assert.Throws<DiskImageException>(() => DiskImage.Open(new Qcow2Builder().Backing("base", "raw").Build()));

        Assert.Equal(DiskImageError.NotFound, exception.Error);
    }

    [Theory]
    [InlineData("json:{\"driver\":\"file\"}")]
    [InlineData("nbd://host/disk")]
    [InlineData("file:disk.img")]
    public void Protocol_references_are_not_followed(string name)
    {
        var exception = Assert.Throws<DiskImageException>(() => Open(new Qcow2Builder().Backing(name, "raw"), _ => throw new InvalidOperationException("followed")));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
    }

    [Fact]
    public void A_raw_backing_file_that_pretends_to_be_qcow2_stays_raw()
    {
        var pretender = new Qcow2Builder().Backing("/etc/passwd", "raw").Build();
        using var image = Open(new Qcow2Builder().Backing("base", "raw"), name => name == "base" ? pretender : throw new InvalidOperationException("followed"));

        Assert.Equal(pretender.Bytes[..512], image.Content.ReadBytes(0, 512));
    }

    [Fact]
    public void A_backing_file_of_unrecorded_format_may_only_be_raw()
    {
        var qcow2 = new Qcow2Builder().Build();
        var exception = Assert.Throws<DiskImageException>(() => Open(new Qcow2Builder().Backing("base", null), _ => qcow2));
        using var image = Open(new Qcow2Builder().Backing("base", null), _ => new MemoryByteSource(new byte[10]));

        Assert.Equal(DiskImageError.FormatMismatch, exception.Error);
        Assert.Equal(0, image.Content.ReadBytes(0, 1)[0]);
    }

    [Fact]
    public void A_backing_file_that_is_not_of_its_recorded_format_is_refused()
    {
        var exception = Assert.Throws<DiskImageException>(() => Open(new Qcow2Builder().Backing("base", "qcow2"), _ => new MemoryByteSource(new byte[1000])));

        Assert.Equal(DiskImageError.FormatMismatch, exception.Error);
    }

    [Fact]
    public void An_image_that_rests_on_itself_is_refused()
    {
        var exception = Assert.Throws<DiskImageException>(() => Open(new Qcow2Builder().Backing("self", "qcow2"), _ => new Qcow2Builder().Backing("self", "qcow2").Build()));

        Assert.Equal(DiskImageError.Corrupt, exception.Error);
    }

    [Fact]
    public void A_chain_without_end_is_refused()
    {
        var depth = 0;
        var exception = Assert.Throws<DiskImageException>(() =>
            Open(new Qcow2Builder().Backing("0", "qcow2"), _ => new Qcow2Builder().Backing((++depth).ToString(CultureInfo.InvariantCulture), "qcow2").Build()));

        Assert.Equal(DiskImageError.LimitExceeded, exception.Error);
        Assert.Equal(16, depth);
    }

    [Fact]
    public void Hints_reach_the_image_and_its_backing_file_each_for_what_it_stores()
    {
        var backing = new MemoryByteSource(new byte[4 * Cluster]);
        var source = new Qcow2Builder().Backing("base", "raw").Entry(1, Qcow2Builder.Data).Build();
        using var image = DiskImage.Open(source, backingFiles: new FileResolver(_ => backing));

        image.Content.Prefetch([new ByteRange(Cluster - 100, 200)]);

        Assert.Contains(new ByteRange(Qcow2Builder.Data, 100), source.Prefetched);
        Assert.Equal([new ByteRange(Cluster - 100, 100)], backing.Prefetched);
    }

    private static DiskImage Open(Qcow2Builder builder, Func<string, IByteSource> open) => DiskImage.Open(builder.Build(), backingFiles: new FileResolver(open));
}
