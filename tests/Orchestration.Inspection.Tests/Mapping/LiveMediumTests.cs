using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

public sealed class LiveMediumTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("live-medium-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresToolFact("mksquashfs", "xorriso")]
    public void The_root_in_a_squashfs_of_a_live_medium_is_inspected_and_said_to_be_one()
    {
        var (map, guest) = Burn("""
            mkdir -p root/etc root/bin medium/live && printf 'ID=debian\nPRETTY_NAME="Debian Live 12"\n' > root/etc/os-release && echo live > root/etc/hostname
            mksquashfs root medium/live/filesystem.squashfs -quiet -no-progress
            """);

        Assert.Equal(("debian", "live"), (guest.OperatingSystem.Distribution, guest.OperatingSystem.Hostname));
        Assert.Equal(("/dev/loop0", new FileMap("/dev/sda", "/live/filesystem.squashfs")), (map.RootDevice, Assert.Single(map.Volumes).BackingFile));
        Assert.Contains(map.Warnings, warning => warning.Contains("/live/filesystem.squashfs on /dev/sda is inspected", StringComparison.Ordinal));
    }

    [RequiresToolFact("mksquashfs", "xorriso", "mke2fs")]
    public void A_file_system_inside_the_squashfs_is_found_too()
    {
        var (map, guest) = Burn("""
            mkdir -p root/etc root/bin inner/LiveOS medium/LiveOS && printf 'ID=fedora\nVERSION_ID=39\n' > root/etc/os-release
            mke2fs -q -t ext4 -d root inner/LiveOS/rootfs.img 4M
            mksquashfs inner medium/LiveOS/squashfs.img -quiet -no-progress
            """);

        Assert.Equal(("fedora", "/dev/loop1"), (guest.OperatingSystem.Distribution, map.RootDevice));
    }

    [RequiresToolFact("xorriso")]
    public void A_damaged_squashfs_is_named_with_what_is_wrong()
    {
        var exception = Assert.Throws<InspectionException>(() => Burn("mkdir -p medium/live && printf 'hsqs' > medium/live/filesystem.squashfs && head -c 4096 /dev/zero >> medium/live/filesystem.squashfs"));

        Assert.Equal(InspectionError.NoOperatingSystem, exception.Error);
        Assert.Contains("/dev/loop0: unknown, not readable", exception.Message, StringComparison.Ordinal);
    }

    private (GuestMap Map, Guest Guest) Burn(string script)
    {
        var disk = Path.Combine(_folder, "disk.iso");
        Tool.Run("sh", "-c", $"set -eu\ncd \"$1\"\n{script}\nxorriso -outdev \"$2\" -map medium / -volid LIVE -commit 2>/dev/null", "sh", _folder, disk);
        using var source = new FileByteSource(disk);
        using var image = DiskImage.Open(source);
        var map = GuestMapper.Map(image);
        var guest = Guest.Open(image, map);
        _ = guest.OperatingSystem;
        return (map, guest);
    }
}
