using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>What systemd mounts by the type of a partition alone.</summary>
public sealed class DiscoverablePartitionTests : IDisposable
{
    private const string RootOfArm64 = "b921b045-1df0-41c3-af44-4c6f280d3fae";
    private const string Home = "933ac7e1-2eb4-4f13-b844-0e14e2aef915";
    private const string Variable = "4d21b016-b534-45c2-a9fb-5c16e091fd2d";
    private const string EfiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    private const string Generator = "usr/lib/systemd/system-generators/systemd-gpt-auto-generator";
    private const string MachineId = "0123456789abcdef0123456789abcdef";

    // systemd-id128 machine-id --app-specific=4d21b016b53445c2a9fb5c16e091fd2d
    private const string OwnVariable = "c0c46eff-e386-4746-a2bd-0962cd326ea2";

    private readonly PartitionedDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Home_is_mounted_without_a_line_in_fstab()
    {
        var (map, guest) = _disk.Partition("root", RootOfArm64, root => Root(root)).Partition("home", Home, home => home.File("ann/note", "hello")).Inspect();

        var mount = map.Mounts.Single(item => item.MountPoint == "/home");
        Assert.Equal(("/dev/sda2", MountState.Mounted, "/" + Generator), (mount.Device, mount.State, mount.File));
        Assert.Equal("hello", guest.Files.ReadText("/home/ann/note"));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Var_is_mounted_where_its_UUID_is_made_of_the_machine_id()
    {
        var map = _disk.Partition("root", RootOfArm64, root => Root(root)).Partition("var", Variable, var => var.File("lib/note"), uuid: OwnVariable).Inspect().Map;

        Assert.Contains(map.Mounts, mount => mount is { MountPoint: "/var", Device: "/dev/sda2" });
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Var_of_another_machine_is_not_mounted()
    {
        var map = _disk.Partition("root", RootOfArm64, root => Root(root)).Partition("var", Variable, var => var.File("lib/note"), uuid: "4d21b016-0000-4000-8000-000000000001").Inspect().Map;

        Assert.Equal("/", Assert.Single(map.Mounts).MountPoint);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_partition_marked_as_not_automatic_is_left_alone()
    {
        var map = _disk.Partition("root", RootOfArm64, root => Root(root)).Partition("home", Home, home => home.File("ann/note"), attributes: "GUID:63").Inspect().Map;

        Assert.Equal("/", Assert.Single(map.Mounts).MountPoint);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_guest_whose_home_has_files_or_that_masks_the_generator_mounts_nothing_over_it()
    {
        using var masked = new PartitionedDisk();

        Assert.Single(_disk.Partition("root", RootOfArm64, root => Root(root).File("home/bob/note")).Partition("home", Home, home => home.File("ann/note")).Inspect().Map.Mounts);
        Assert.Single(masked.Partition("root", RootOfArm64, root => Root(root).Link("etc/systemd/system-generators/systemd-gpt-auto-generator", "/dev/null")).Partition("home", Home, home => home.File("ann/note")).Inspect().Map.Mounts);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4, "mkfs.vfat", "mcopy")]
    public void The_partition_of_systemd_boot_is_mounted_at_efi_or_boot()
    {
        var (map, guest) = _disk
            .Partition("ESP", EfiSystem, esp => esp.Type("vfat", "ESP").File("loader/loader.conf", "timeout 3\n").File("loader/entries/one.conf", "title One\nlinux /vmlinuz\noptions quiet\n"))
            .Partition("root", RootOfArm64, root => Root(root).Folder("boot")).Inspect();

        Assert.Contains(map.Mounts, mount => mount is { MountPoint: "/boot", Device: "/dev/sda1" });
        Assert.Equal(("systemd-boot", "One"), (guest.Boot.BootLoader, guest.Boot.DefaultEntry?.Title));
    }

    private static FileSystemRecipe Root(FileSystemRecipe root) =>
        root.File("etc/os-release", "ID=particle\n").File("etc/machine-id", MachineId + "\n").File("bin/sh").File(Generator).Folder("home");
}
