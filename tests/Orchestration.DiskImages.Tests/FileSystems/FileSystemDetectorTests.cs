using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems;

/// <summary>Volumes are recognised as blkid recognises them, with the same identifiers and labels.</summary>
public sealed class FileSystemDetectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("blkid", "mke2fs")]
    [InlineData("-t ext2 -L label")]
    [InlineData("-t ext3 -L a-label-of-sixteen")]
    [InlineData("-t ext4")]
    [InlineData("-t ext2 -O ^filetype,^sparse_super,^resize_inode")]
    [InlineData("-t ext4 -O ^has_journal")]
    [InlineData("-t ext3 -O extents")]
    [InlineData("-O journal_dev -b 4096")]
    public void Ext(string options) => CompareWithBlkid("mke2fs", ["-q", "-F", .. options.Split(' ')]);

    [RequiresToolTheory("blkid", "mkswap")]
    [InlineData("-L swap-label")]
    [InlineData("-p 8192")]
    public void Swap(string options) => CompareWithBlkid("mkswap", options.Split(' '));

    [RequiresToolFact("blkid", "mkfs.xfs")]
    public void Xfs() => CompareWithBlkid("mkfs.xfs", ["-q", "-L", "xfs-label"], 512);

    [RequiresToolFact("blkid", "mkfs.btrfs")]
    public void Btrfs() => CompareWithBlkid("mkfs.btrfs", ["-q", "-L", "btrfs-label"], 256);

    [RequiresToolTheory("blkid", "mkfs.vfat")]
    [InlineData("-F 12 -n LABEL", 2)]
    [InlineData("-F 16 -n LABEL", 20)]
    [InlineData("-F 32 -n LABEL", 64)]
    [InlineData("-F 32", 64)]
    public void Fat(string options, int megabytes) => CompareWithBlkid("mkfs.vfat", options.Split(' '), megabytes);

    [RequiresToolFact("blkid", "mkfs.ntfs")]
    public void Ntfs() => CompareWithBlkid("mkfs.ntfs", ["-q", "-F", "-f"], labels: false);

    [RequiresToolFact("blkid", "mksquashfs")]
    public void SquashFs()
    {
        Directory.CreateDirectory(_folder["tree"]);
        File.WriteAllText(Path.Combine(_folder["tree"], "file"), "content");
        Tool.Run("mksquashfs", _folder["tree"], _folder["volume"], "-quiet", "-no-progress");
        Compare(labels: true);
    }

    [RequiresToolTheory("blkid", "cryptsetup")]
    [InlineData("luks1")]
    [InlineData("luks2")]
    public void Luks(string type)
    {
        _folder.CreateSparse("volume", 32 * 1024 * 1024);
        Tool.Run("cryptsetup", ["-q", "luksFormat", "--type", type, "--pbkdf-force-iterations", type == "luks1" ? "1000" : "4", _folder["volume"], "-"], "secret");
        Compare(labels: true);
    }

    [RequiresToolTheory("mke2fs", "dumpe2fs", "mkfs.xfs", "xfs_db", "mkfs.btrfs", "btrfs", "mkfs.vfat", "mdir")]
    [InlineData("mke2fs -q -t ext4 -b 1024", "dumpe2fs -h \"$1\" 2>/dev/null | sed -n 's/^Free blocks: *//p' | head -1", 1024)]
    [InlineData("mkfs.xfs -q -b size=4096", "xfs_db -r -c 'sb 0' -c 'p fdblocks' \"$1\" | sed 's/.*= //'", 4096)]
    [InlineData("mkfs.btrfs -q", "btrfs inspect-internal dump-super \"$1\" | awk '/^total_bytes/ { t = $2 } /^bytes_used/ { print t - $2 }'", 1)]
    [InlineData("mkfs.vfat -F 32", "MTOOLS_SKIP_CHECK=1 mdir -i \"$1\" :: | sed -n 's/ bytes free.*//p' | tr -d ' '", 1)]
    public void Free_space_is_what_the_superblock_says(string make, string free, int unit)
    {
        _folder.CreateSparse("volume", 512 * 1024 * 1024);
        Tool.Run("sh", "-c", $"{make} \"$1\"", "sh", _folder["volume"]);
        var expected = long.Parse(Tool.Run("sh", "-c", free, "sh", _folder["volume"]), CultureInfo.InvariantCulture) * unit;

        using var source = new FileByteSource(_folder["volume"]);

        Assert.Equal(expected, FileSystemDetector.Detect(source)?.FreeBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200_000)]
    public void Random_bytes_are_nothing(int length) => Assert.Null(FileSystemDetector.Detect(new MemoryByteSource(SlowFetcher.CreatePattern(length))));

    [Fact]
    public void A_mirror_member_is_one_even_where_the_file_system_that_it_mirrors_shows()
    {
        var bytes = new byte[1024 * 1024];
        "XFSB"u8.CopyTo(bytes);
        byte[] superblock = [0xfc, 0x4e, 0x2b, 0xa9, 1, 0, 0, 0];
        superblock.CopyTo(bytes.AsSpan(bytes.Length - 8192));

        Assert.Equal("linux_raid_member", FileSystemDetector.Detect(new MemoryByteSource(bytes))?.Type);
    }

    [Fact]
    public void A_physical_volume_of_lvm_is_known_by_the_label_in_any_of_its_first_four_sectors()
    {
        var bytes = new byte[1024 * 1024];
        "LABELONE"u8.CopyTo(bytes.AsSpan(1024));
        bytes[1024 + 20] = 32;
        "LVM2 001abcdefGHIJklmnOPQRstuvWXYZ012345"u8.CopyTo(bytes.AsSpan(1024 + 24));

        Assert.Equal(new FileSystemIdentity("LVM2_member", "abcdef-GHIJ-klmn-OPQR-stuv-WXYZ-012345", null, null), FileSystemDetector.Detect(new MemoryByteSource(bytes)));
    }

    [Fact]
    public void BitLocker_is_known()
    {
        var bytes = new byte[4096];
        "-FVE-FS-"u8.CopyTo(bytes.AsSpan(3));

        Assert.Equal("BitLocker", FileSystemDetector.Detect(new MemoryByteSource(bytes))?.Type);
    }

    [Fact]
    public void What_is_recognised_but_cannot_be_read_is_refused_by_name()
    {
        var bytes = new byte[4096];
        "-FVE-FS-"u8.CopyTo(bytes.AsSpan(3));

        var exception = Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(bytes)));

        Assert.Equal(DiskImageError.Unsupported, exception.Error);
        Assert.Contains("BitLocker", exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_recognised_is_refused() =>
        Assert.Equal(DiskImageError.Unsupported, Assert.Throws<DiskImageException>(() => FileSystemDetector.Open(new MemoryByteSource(new byte[4096]))).Error);

    private void CompareWithBlkid(string tool, IEnumerable<string> options, int megabytes = 16, bool labels = true)
    {
        Tool.Run(tool, [.. options, _folder.CreateSparse("volume", megabytes * 1024L * 1024)]);
        Compare(labels);
    }

    private void Compare(bool labels)
    {
        var expected = Tool.Run("blkid", "-p", "-o", "export", _folder["volume"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Replace("\\ ", " ", StringComparison.Ordinal), StringComparer.Ordinal);
        using var source = new FileByteSource(_folder["volume"]);

        var identity = FileSystemDetector.Detect(source);

        Assert.NotNull(identity);
        Assert.Equal(expected["TYPE"], identity.Type);
        Assert.Equal(expected.GetValueOrDefault("UUID"), identity.Uuid);
        if (labels)
        {
            Assert.Equal(expected.GetValueOrDefault("LABEL"), identity.Label);
        }

        if (identity.Type.StartsWith("ext", StringComparison.Ordinal) && expected.TryGetValue("FSSIZE", out var size))
        {
            Assert.Equal(long.Parse(size, CultureInfo.InvariantCulture), identity.SizeBytes);
        }
    }
}
