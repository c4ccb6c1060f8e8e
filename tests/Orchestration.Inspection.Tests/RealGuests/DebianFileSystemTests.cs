using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.RealGuests;

/// <summary>The real Debian on other file systems than ext4, copied there by the kernel, is mapped and read as it is on ext4.</summary>
public sealed class DebianFileSystemTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("debian-file-system-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresDebianRootFact("mkfs.xfs", "mount", "losetup")]
    public void Debian_on_xfs_is_inspected()
    {
        var disk = MakeDisk("mkfs.xfs", """
            cp -a "$1/." "$2"
            echo 'LABEL=debian / xfs defaults 0 1' > "$2/etc/fstab"
            """);

        using var source = new FileByteSource(disk);
        using var image = DiskImage.Open(source);
        var map = GuestMapper.Map(image);

        Assert.Equal(("xfs", "debian"), (Assert.Single(map.FileSystems).Type, map.FileSystems[0].Label));
        Assert.Empty(map.Warnings);
        AssertIsDebian(Guest.Open(image, map));
    }

    [RequiresDebianRootFact("mkfs.btrfs", "btrfs", "mount", "losetup")]
    public void Debian_in_subvolumes_of_btrfs_is_inspected()
    {
        var disk = MakeDisk("mkfs.btrfs", """
            btrfs -q subvolume create "$2/@rootfs"
            btrfs -q subvolume create "$2/@home"
            cp -a "$1/." "$2/@rootfs"
            mv "$2/@rootfs/home/"* "$2/@home"
            printf 'LABEL=debian / btrfs defaults,subvol=@rootfs 0 0\nLABEL=debian /home btrfs subvol=/@home 0 0\nLABEL=debian /srv btrfs subvol=@absent 0 0\n' > "$2/@rootfs/etc/fstab"
            """);

        using var source = new FileByteSource(disk);
        using var image = DiskImage.Open(source);
        var map = GuestMapper.Map(image);

        Assert.Equal(
            [("/", "/@rootfs", MountState.Mounted), ("/home", "/@home", MountState.Mounted), ("/srv", null, MountState.Missing)],
            map.Mounts.Select(mount => (mount.MountPoint, mount.Subvolume, mount.State)));
        Assert.Contains("no subvolume /@absent", Assert.Single(map.Warnings), StringComparison.Ordinal);
        var guest = Guest.Open(image, map);
        AssertIsDebian(guest);
        Assert.NotNull(guest.Files.Find("/home/alice/.ssh/authorized_keys"));
    }

    [RequiresDebianRootFact("mkfs.btrfs", "mount", "losetup", "sfdisk")]
    public void Partitions_of_one_btrfs_are_one_file_system()
    {
        Tool.Run("sh", "-c", """
            set -eu
            cd "$2"; truncate -s 200M a b; mkfs.btrfs -q -d raid0 -m raid1 a b; mkdir mounted
            first=$(losetup --find --show a); second=$(losetup --find --show b)
            trap 'losetup --detach $first; losetup --detach $second' EXIT
            mount -o device=$second $first mounted
            mkdir -p mounted/usr/lib && cp -a "$1/etc" mounted && cp -a "$1/usr/lib/os-release" mounted/usr/lib
            echo '/dev/sda2 / btrfs defaults 0 0' > mounted/etc/fstab
            umount mounted
            truncate -s 420M disk; printf 'label: gpt\nstart=2048,size=409600\nstart=411648,size=409600\n' | sfdisk -q disk
            dd if=a of=disk bs=512 seek=2048 conv=notrunc,sparse status=none; dd if=b of=disk bs=512 seek=411648 conv=notrunc,sparse status=none
            """, "sh", DebianRoot.Folder, _folder);

        using var source = new FileByteSource(Path.Combine(_folder, "disk"));
        using var image = DiskImage.Open(source);
        var map = GuestMapper.Map(image);

        Assert.Equal([true, false], map.FileSystems.Select(fileSystem => fileSystem.Readable));
        Assert.Contains("a further device of the file system on /dev/sda1", map.FileSystems[1].Problem, StringComparison.Ordinal);
        Assert.Equal("debian", Guest.Open(image, map).OperatingSystem.Distribution);
        Assert.Empty(map.Warnings);
    }

    private static void AssertIsDebian(Guest guest)
    {
        var listing = Tool.Run("dpkg-query", $"--admindir={DebianRoot.Folder}/var/lib/dpkg", "-W", "-f", "${Package} ${Version}\\n");
        Assert.Equal("debian", guest.OperatingSystem.Distribution);
        Assert.Equal(
            listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            guest.Packages.Installed.Select(package => $"{package.Name} {package.Version}").Order(StringComparer.Ordinal));
    }

    private string MakeDisk(string maker, string fill)
    {
        var disk = Path.Combine(_folder, "disk");
        using (var file = File.Create(disk))
        {
            file.SetLength(2L << 30);
        }

        Tool.Run(maker, "-q", "-L", "debian", disk);
        var mounted = Directory.CreateDirectory(Path.Combine(_folder, "mounted")).FullName;
        Tool.Run("mount", "-o", "loop", disk, mounted);
        try
        {
            Tool.Run("sh", "-c", $"set -eu\n{fill}", "sh", DebianRoot.Folder, mounted);
        }
        finally
        {
            Tool.Run("umount", mounted);
        }

        return disk;
    }
}
