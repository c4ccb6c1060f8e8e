using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.RealGuests;

/// <summary>Debian's own files on logical volumes, as its installer would lay them out.</summary>
public sealed class LogicalVolumeGuestTests : IDisposable
{
    // A partition for /boot; behind it a physical volume with / and /var, whose extents of 4 MiB begin 1 MiB into it.
    private const string Build = """
        set -eu
        cd "$1"
        mkdir -p tree/boot tree/usr/lib var/lib boot
        cp -a "$2/etc" tree/ && cp -a "$2/usr/lib/os-release" tree/usr/lib/ && cp -a "$2/var/lib/dpkg" var/lib/ && mkdir tree/var && ln -s usr/bin tree/bin
        printf '/dev/mapper/web--vg-root / ext4 defaults 0 1\nLABEL=boot /boot ext4 defaults 0 2\n/dev/web-vg/var /var ext4 nodev 0 2\n' > tree/etc/fstab
        echo menu > boot/menu
        mke2fs -q -t ext4 -d tree root.ext4 40M
        mke2fs -q -t ext4 -d var var.ext4 80M
        mke2fs -q -t ext4 -L boot -d boot boot.ext4 8M
        truncate -s 160M disk
        printf 'label: gpt\nstart=2048,size=16384\nstart=18432\n' | sfdisk -q disk
        printf 'activation { udev_sync = 0\nudev_rules = 0 }\ndevices { use_devicesfile = 0\nobtain_device_list_from_udev = 0 }\nbackup { backup = 0\narchive = 0 }\n' > lvm.conf
        loop=$(losetup -f --show -o 9437184 disk)
        trap 'losetup -d "$loop"' EXIT
        export LVM_SYSTEM_DIR="$1" LVM_SUPPRESS_FD_WARNINGS=1
        pvcreate --driverloaded n -qq "$loop"
        vgcreate --driverloaded n -qq web-vg "$loop"
        lvcreate --driverloaded n -qq -an -Zn -Wn -n root -L 40m web-vg
        lvcreate --driverloaded n -qq -an -Zn -Wn -n var -L 80m web-vg
        dd if=boot.ext4 of=disk bs=1M seek=1 conv=notrunc,sparse status=none
        dd if=root.ext4 of=disk bs=1M seek=10 conv=notrunc,sparse status=none
        dd if=var.ext4 of=disk bs=1M seek=50 conv=notrunc,sparse status=none
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("logical-volume-guest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresDebianRootFact("dpkg-query", "pvcreate", "vgcreate", "lvcreate", "losetup", "mke2fs", "sfdisk")]
    public void A_root_on_a_logical_volume_is_found_with_everything_that_it_mounts()
    {
        Tool.Run("sh", "-c", Build, "sh", _folder, DebianRoot.Folder);
        using var source = new FileByteSource(Path.Combine(_folder, "disk"));
        using var image = DiskImage.Open(source);

        var map = GuestMapper.Map(image);
        using var again = DiskImage.Open(source);
        var guest = Guest.Open(again, map);

        Assert.Equal("/dev/mapper/web--vg-root", map.RootDevice);
        Assert.Equal(
            [("/", "/dev/mapper/web--vg-root"), ("/boot", "/dev/sda1"), ("/var", "/dev/mapper/web--vg-var")],
            map.Mounts.Select(mount => (mount.MountPoint, mount.Device ?? "")));
        Assert.Empty(map.Warnings);
        Assert.Equal("bookworm", guest.OperatingSystem.Codename);
        Assert.Equal(
            Tool.Run("dpkg-query", $"--admindir={DebianRoot.Folder}/var/lib/dpkg", "-W", "-f", "${Package}\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length,
            guest.Packages.Installed.Count);
    }
}
