using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>A root that is only read, with its changes on another file system, as openSUSE MicroOS lays it out.</summary>
public sealed class OverlayMountTests : IDisposable
{
    private const string Linux = "0fc63daf-8483-4772-8e79-3d69d8477de4";

    private readonly PartitionedDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Changes_of_etc_on_another_file_system_lie_over_those_of_the_root()
    {
        var (map, guest) = _disk
            .Partition("root", Linux, root => Root(root, "lowerdir=/sysroot/var/lib/overlay/1/etc:/sysroot/etc,upperdir=/sysroot/var/lib/overlay/2/etc,workdir=/sysroot/var/lib/overlay/2/work,x-initrd.mount"))
            .Partition("var", Linux, var => var.File("lib/overlay/1/etc/hostname", "first\n").File("lib/overlay/1/etc/one", "1").File("lib/overlay/2/etc/hostname", "second\n").Run("mknod lib/overlay/2/etc/gone c 0 0"))
            .Inspect();

        var mount = map.Mounts.Single(item => item.MountPoint == "/etc");
        Assert.Equal((MountState.Mounted, "/dev/sda2", "/lib/overlay/2/etc"), (mount.State, mount.Device, mount.Directory));
        Assert.Equal([new LayerMap("/dev/sda2", null, "/lib/overlay/1/etc"), new LayerMap("/dev/sda1", null, "/etc")], mount.Below);
        Assert.Equal(("opensuse-microos", "second"), (guest.OperatingSystem.Distribution, guest.OperatingSystem.Hostname));
        Assert.Equal("1", guest.Files.ReadText("/etc/one"));
        Assert.False(guest.Files.Exists("/etc/gone"));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void An_overlay_with_a_layer_that_is_not_there_is_listed()
    {
        var (map, guest) = _disk
            .Partition("root", Linux, root => Root(root, "lowerdir=/absent:/etc,upperdir=/var/lib/overlay/2/etc"))
            .Partition("var", Linux, var => var.File("lib/overlay/2/etc/hostname", "second\n"))
            .Inspect();

        Assert.Equal(MountState.Listed, map.Mounts.Single(item => item.MountPoint == "/etc").State);
        Assert.Equal("root", guest.OperatingSystem.Hostname);
    }

    private static void Root(FileSystemRecipe root, string options) => root.Folder("usr").Folder("var").File("bin/sh").File("etc/os-release", "ID=opensuse-microos\n").File("etc/hostname", "root\n").File("etc/gone", "x")
        .File("etc/fstab", $"PARTLABEL=var /var ext4 defaults 0 0\noverlay /etc overlay defaults,{options} 0 0\n");
}
