using System.IO.Compression;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Boot.InitialRamdisks;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Boot;

/// <summary>Initial RAM disks made by cpio and the compressors themselves.</summary>
public sealed class InitialRamdiskTests : IDisposable
{
    private const string Version = "6.1.0-25-amd64";

    private static readonly string[] Expected = ["dm_mod", "virtio_blk", "virtio_scsi", "xfs"];

    private readonly string _folder = Directory.CreateTempSubdirectory("initial-ramdisk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolTheory("cpio", "gzip", "zstd", "xz", "lz4", "lzop")]
    [InlineData("cat", "none")]
    [InlineData("gzip", "gzip")]
    [InlineData("zstd -19 --ultra --long=27", "zstd")]
    [InlineData("xz --check=crc32 --lzma2=dict=1MiB", "xz")]
    [InlineData("xz --format=lzma", "lzma")]
    [InlineData("lz4 -l -9", "lz4")]
    [InlineData("lzop -9", "lzo")]
    [InlineData("lzop -1", "lzo")]
    public void Modules_are_listed_whatever_the_compression(string compressor, string compression)
    {
        var facts = Read(Make(compressor));

        Assert.Empty(facts.Warnings);
        Assert.Equal((Version, compression), (facts.KernelVersion, facts.Compression));
        Assert.Equal(Expected, facts.Modules?.Order(StringComparer.Ordinal));
    }

    [RequiresToolFact("cpio", "zstd")]
    public void Microcode_before_the_compressed_archive_is_passed_over()
    {
        var early = Make("cat", "kernel/x86/microcode/GenuineIntel.bin");

        var facts = Read([.. early, .. new byte[1024], .. Make("zstd")]);

        Assert.Equal(("zstd", 4), (facts.Compression, facts.Modules?.Count));
    }

    [RequiresToolFact("cpio")]
    public void A_driver_in_the_kernel_itself_is_there_too()
    {
        var facts = Read(Make("cat"));

        Assert.Equal((true, true, false), (facts.Has("virtio-scsi"), facts.Has("hv_storvsc"), facts.Has("nvme")));
    }

    [RequiresToolFact("cpio", "bzip2")]
    public void A_compression_that_cannot_be_read_leaves_the_answer_open()
    {
        var facts = Read(Make("bzip2"));

        Assert.Equal(("bzip2", null), (facts.Compression, facts.Has("xfs")));
        Assert.True(Assert.Single(facts.Warnings).Unreadable);
    }

    [RequiresToolTheory("cpio", "gzip", "zstd", "xz", "lz4", "lzop")]
    [InlineData("cat")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("xz --check=crc32")]
    [InlineData("lz4 -l")]
    [InlineData("lzop")]
    public void One_that_is_cut_short_leaves_the_answer_open(string compressor)
    {
        var whole = Make(compressor);

        var facts = Read(whole[..(whole.Length * 2 / 3)]);

        Assert.Null(facts.Modules);
        Assert.True(Assert.Single(facts.Warnings).Unreadable);
    }

    [RequiresToolTheory("cpio", "gzip", "zstd", "xz", "lz4", "lzop")]
    [InlineData("cat")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("xz --check=crc32")]
    [InlineData("lz4 -l")]
    [InlineData("lzop")]
    public void Changed_bytes_never_end_the_inspection(string compressor)
    {
        var whole = Make(compressor);
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var changed = (byte[])whole.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);

            var facts = Read(changed);

            Assert.True(facts.Modules is not null || facts.Warnings.Count > 0);
        }
    }

    [Fact]
    public void Zeros_that_decompress_without_end_stop_at_the_limit()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var megabyte = 0; megabyte < 50; megabyte++)
            {
                gzip.Write(zeros);
            }
        }

        Assert.Contains("at most", Assert.Single(Read(compressed.ToArray()).Warnings).Message, StringComparison.Ordinal);
    }

    private static InitialRamdiskFacts Read(byte[] content) => new GuestBuilder().File($"/boot/vmlinuz-{Version}").File($"/boot/initrd.img-{Version}", content)
        .File($"/lib/modules/{Version}/modules.builtin", "kernel/drivers/scsi/hv_storvsc.ko\n").Build().InitialRamdisk;

    private byte[] Make(string compressor, params string[] files)
    {
        string[] modules = ["kernel/drivers/block/virtio_blk.ko", "kernel/drivers/scsi/virtio_scsi.ko.xz", "kernel/fs/xfs/xfs.ko.zst", "kernel/drivers/md/dm-mod.ko"];
        string[] names = files.Length > 0 ? files : [.. modules.Select(module => $"usr/lib/modules/{Version}/{module}"), "init", "etc/fstab"];
        var tree = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var random = new Random(3);
        foreach (var name in names)
        {
            var file = Path.Combine(tree, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? tree);
            var content = new byte[random.Next(5000)];
            random.NextBytes(content);
            File.WriteAllBytes(file, content);
        }

        var output = $"{tree}.img";
        Tool.Run("sh", "-c", $"cd {tree} && find . | cpio --quiet -o -H newc | {compressor} > {output}");
        return File.ReadAllBytes(output);
    }
}
