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
