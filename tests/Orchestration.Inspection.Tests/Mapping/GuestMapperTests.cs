using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>Disks without an operating system, and with small ones, made by the tools that make them.</summary>
public sealed class GuestMapperTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("guest-mapper-").FullName;

    private int _made;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolFact("mke2fs")]
    public void A_disk_without_partitions_may_be_a_root()
    {
        var map = Map(MakeFileSystem(("etc/os-release", "ID=debian\n"), ("bin/sh", "")));

        Assert.Equal(("none", "/dev/sda", "/dev/sda"), (map.Disk.PartitionScheme, map.RootDevice, Assert.Single(map.Mounts).Device));
    }

    [RequiresToolFact("mke2fs")]
    public void A_root_without_fstab_mounts_itself()
    {
        var mount = Assert.Single(Map(MakeFileSystem(("usr/lib/os-release", "ID=wolfi\n"), ("etc/hosts", ""))).Mounts);

        Assert.Equal(("/", MountState.Mounted, null), (mount.MountPoint, mount.State, mount.File));
    }

    [RequiresToolFact("mke2fs")]
    public void A_container_s_root_without_kernel_and_fstab_is_a_root()
    {
        var map = Map(MakeFileSystem(("etc/passwd", "root:x:0:0::/:/bin/sh\n"), ("bin/busybox", "")));

        Assert.Equal("/dev/sda", map.RootDevice);
    }

    [RequiresToolFact("mke2fs", "sfdisk")]
    public void Other_systems_on_the_disk_are_named()
    {
        var disk = MakeDisk(20 << 20);
        Tool.Run("sfdisk", ["-q", disk], "label: gpt\nstart=2048,size=16384\nstart=18432,size=16384\n");
        foreach (var (root, sector) in new[] { (MakeFileSystem(("etc/os-release", "ID=debian\n"), ("bin/sh", "")), 2048), (MakeFileSystem(("etc/os-release", "ID=alpine\nPRETTY_NAME='Alpine Linux v3.19'\n"), ("bin/sh", "")), 18432) })
        {
            Tool.Run("dd", $"if={root}", $"of={disk}", "bs=512", $"seek={sector}", "conv=notrunc", "status=none");
        }

        var map = Map(disk);

        Assert.Equal("/dev/sda1", map.RootDevice);
        Assert.Equal(new SystemMap("/dev/sda2", "linux", "Alpine Linux v3.19"), Assert.Single(map.OtherSystems));
    }

    [RequiresToolFact("sfdisk")]
    public void A_FreeBSD_that_cannot_be_read_is_called_so()
    {
        var disk = MakeDisk(20 << 20);
        Tool.Run("sfdisk", ["-q", disk], "label: gpt\nstart=2048,size=16384,type=516E7CB6-6ECF-11D6-8FF8-00022D09712B\n");

        Assert.Contains("FreeBSD, not readable", FailsWithoutSystem(disk), StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs")]
    public void A_file_system_without_a_root_is_named_for_what_it_is()
    {
        var message = FailsWithoutSystem(MakeFileSystem(("photos/cat.jpg", "")));

        Assert.Contains("/dev/sda: ext4, without an operating system", message, StringComparison.Ordinal);
    }

    [RequiresToolFact("mkswap")]
    public void Swap_is_no_system()
    {
        var disk = MakeDisk(1 << 20);
        Tool.Run("mkswap", disk);

        Assert.Contains("swap", FailsWithoutSystem(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_disk_is_called_encrypted()
    {
        var disk = MakeDisk(1 << 20);
        using (var file = File.OpenWrite(disk))
        {
            // Magic and version of a LUKS header, enough to be recognised and to hold nothing readable.
            file.Write("LUKS"u8);
            file.Write([0xBA, 0xBE, 0x00, 0x01]);
        }

        Assert.Contains("encrypted", FailsWithoutSystem(disk), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_nothing_recognised()
    {
        var disk = Path.Combine(_folder, "random");
        var bytes = new byte[1 << 20];
        new Random(7).NextBytes(bytes);
        File.WriteAllBytes(disk, bytes);

        Assert.Contains("nothing recognised", FailsWithoutSystem(disk), StringComparison.Ordinal);
    }

    [RequiresToolFact("mke2fs")]
    public void A_map_of_another_image_is_refused()
    {
        using var source = new FileByteSource(MakeFileSystem(("etc/os-release", "ID=debian\n"), ("bin/sh", "")));
        using var image = DiskImage.Open(source);
        var map = GuestMapper.Map(image);

        var other = map with { FileSystems = [.. map.FileSystems.Select(fileSystem => fileSystem with { Uuid = "00000000-0000-4000-8000-000000000000" })] };
        Assert.Equal(InspectionError.MapMismatch, Assert.Throws<InspectionException>(() => Guest.Open(image, other)).Error);
        Assert.Throws<InspectionException>(() => Guest.Open(image, map with { Disk = map.Disk with { VirtualSizeBytes = 1 } }));
    }

    private string MakeFileSystem(params (string Path, string Content)[] files)
    {
        var tree = Path.Combine(_folder, $"tree-{_made}");
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? tree);
            File.WriteAllText(file, content);
        }

        var disk = Path.Combine(_folder, $"disk-{_made++}");
        Tool.Run("mke2fs", "-q", "-t", "ext4", "-d", tree, disk, "8M");
        return disk;
    }

    private string MakeDisk(long length)
    {
        var disk = Path.Combine(_folder, $"disk-{_made++}");
        using var file = File.Create(disk);
        file.SetLength(length);
        return disk;
    }

    private static GuestMap Map(string disk)
    {
        using var source = new FileByteSource(disk);
        using var image = DiskImage.Open(source);
        return GuestMapper.Map(image);
    }

    private static string FailsWithoutSystem(string disk)
    {
        var exception = Assert.Throws<InspectionException>(() => Map(disk));
        Assert.Equal(InspectionError.NoOperatingSystem, exception.Error);
        return exception.Message;
    }
}
