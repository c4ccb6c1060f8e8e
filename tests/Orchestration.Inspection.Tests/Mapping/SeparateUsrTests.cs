using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>Systems whose <c>/usr</c> is a file system of its own that no fstab names.</summary>
public sealed class SeparateUsrTests : IDisposable
{
    private const string ContainerLinuxUsr = "5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6";
    private const string ContainerLinuxRoot = "3884dd41-8582-4404-b9a8-e9b84f2df50e";
    private const string EfiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    private const string UsrOfX64 = "8484680c-9521-48c6-9c11-b0720656f69e";
    private const string RootOfX64 = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709";

    // As cgpt writes them: bits 48 to 51 are the priority, 52 to 55 the tries left, 56 says that it worked.
    private const string PriorityOneWorked = "GUID:48,56";
    private const string PriorityTwoWithTry = "GUID:49,52";
    private const string PriorityThreeWithoutTries = "GUID:48,49";

    private readonly PartitionedDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_Flatcar_that_never_started_is_known_by_its_usr()
    {
        var (map, guest) = _disk
            .Partition("USR-A", ContainerLinuxUsr, usr => Flatcar(usr, "3815.2.0"), attributes: PriorityOneWorked)
            .Partition("USR-B", ContainerLinuxUsr)
            .Partition("ROOT", ContainerLinuxRoot, root => root.Type("ext4", "ROOT").Folder("usr"))
            .Inspect();

        Assert.Equal(("/dev/sda3", "/dev/sda1"), (map.RootDevice, map.Mounts.Single(mount => mount.MountPoint == "/usr").Device));
        Assert.Equal(("flatcar", "3815.2.0", "coreos"), (guest.OperatingSystem.Distribution, guest.OperatingSystem.Version, guest.OperatingSystem.Family));
        Assert.Equal(["root"], guest.Users.Users.Select(account => account.Name));
        Assert.Null(map.ChosenBecause);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void What_is_in_etc_of_the_root_lies_over_the_defaults_of_usr()
    {
        var guest = _disk
            .Partition("USR-A", ContainerLinuxUsr, usr => Flatcar(usr, "3815.2.0"), attributes: PriorityOneWorked)
            .Partition("ROOT", ContainerLinuxRoot, root => root.Type("ext4", "ROOT").Folder("usr").File("etc/hostname", "node1\n").File("etc/passwd", "root:x:0:0::/root:/bin/bash\ncore:x:500:500::/home/core:/bin/bash\n").Run("mknod etc/motd c 0 0"))
            .Inspect().Guest;

        Assert.Equal("node1", guest.OperatingSystem.Hostname);
        Assert.Equal(["root", "core"], guest.Users.Users.Select(account => account.Name));
        Assert.Equal("from usr\n", guest.Files.ReadText("/etc/defaults"));
        Assert.False(guest.Files.Exists("/etc/motd"));
        Assert.Equal(["defaults", "hostname", "os-release", "passwd"], guest.Files.Names("/etc"));
    }

    [RequiresToolTheory(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    [InlineData(PriorityOneWorked, PriorityTwoWithTry, "USR-B (/dev/sda2)")]
    [InlineData(PriorityOneWorked, PriorityThreeWithoutTries, "USR-A (/dev/sda1)")]
    public void Of_two_slots_the_one_that_GRUB_would_start_is_read_and_named(string attributesOfA, string attributesOfB, string chosen)
    {
        var (map, guest) = _disk
            .Partition("USR-A", ContainerLinuxUsr, usr => Flatcar(usr, "1.0.0"), attributes: attributesOfA)
            .Partition("USR-B", ContainerLinuxUsr, usr => Flatcar(usr, "2.0.0"), attributes: attributesOfB)
            .Partition("ROOT", ContainerLinuxRoot, root => root.Type("ext4", "ROOT").Folder("etc").Folder("usr"))
            .Inspect();

        var isA = chosen.StartsWith("USR-A", StringComparison.Ordinal);
        Assert.Equal(isA ? "1.0.0" : "2.0.0", guest.OperatingSystem.Version);
        Assert.StartsWith($"{chosen} has the highest priority", map.ChosenBecause, StringComparison.Ordinal);
        Assert.Equal((isA ? "/dev/sda2" : "/dev/sda1", $"Flatcar Container Linux {(isA ? "2.0.0" : "1.0.0")}"), (Assert.Single(map.OtherSystems).Device, map.OtherSystems[0].Name));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4, "mkfs.vfat", "mcopy")]
    public void The_boot_loader_s_default_entry_says_which_usr_is_started()
    {
        var (map, guest) = _disk
            .Partition("ESP", EfiSystem, esp => esp.Type("vfat", "ESP").File("loader/loader.conf", "default b*\n")
                .File("loader/entries/a.conf", "title A\nlinux /a\noptions mount.usr=PARTLABEL=usr_a\n").File("loader/entries/b.conf", "title B\nlinux /b\noptions mount.usr=PARTLABEL=usr_b\n"))
            .Partition("usr_a", UsrOfX64, usr => Flatcar(usr, "1.0.0"))
            .Partition("usr_b", UsrOfX64, usr => Flatcar(usr, "2.0.0"))
            .Partition("root", RootOfX64, root => root.Folder("usr"))
            .Inspect();

        Assert.Equal("2.0.0", guest.OperatingSystem.Version);
        Assert.Equal("the boot loader's default entry says mount.usr=PARTLABEL=usr_b", map.ChosenBecause);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Without_a_word_of_the_boot_loader_the_newest_version_in_a_name_is_used()
    {
        var map = _disk
            .Partition("example_9", UsrOfX64, usr => Flatcar(usr, "9"))
            .Partition("example_10", UsrOfX64, usr => Flatcar(usr, "10"))
            .Partition("root", RootOfX64, root => root.Folder("usr"))
            .Inspect().Map;

        Assert.Equal("/dev/sda2", map.Mounts.Single(mount => mount.MountPoint == "/usr").Device);
        Assert.Contains("example_10 (/dev/sda2) has the newest version", map.ChosenBecause, StringComparison.Ordinal);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_usr_without_any_root_is_a_system_with_its_root_in_memory()
    {
        var (map, guest) = _disk.Partition("usr", UsrOfX64, usr => Flatcar(usr, "5")).Inspect();

        Assert.Equal(("/dev/sda1", "tmpfs"), (map.RootDevice, map.Mounts[0].Type));
        Assert.Equal("5", guest.OperatingSystem.Version);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_usr_that_fstab_names_is_mounted_as_fstab_says()
    {
        var (map, guest) = _disk
            .Partition("root", RootOfX64, root => root.Folder("usr").File("etc/fstab", "PARTLABEL=mine /usr ext4 ro 0 0\n"))
            .Partition("other", UsrOfX64, usr => Flatcar(usr, "1"))
            .Partition("mine", UsrOfX64, usr => Flatcar(usr, "2"))
            .Inspect();

        Assert.Equal(("/dev/sda3", "/etc/fstab"), (map.Mounts.Single(mount => mount.MountPoint == "/usr").Device, map.Mounts[1].File));
        Assert.Equal("2", guest.OperatingSystem.Version);
    }

    private static void Flatcar(FileSystemRecipe usr, string version) => usr.Type("ext4", "USR-A")
        .File("lib/os-release", $"ID=flatcar\nID_LIKE=coreos\nVERSION_ID={version}\nPRETTY_NAME=\"Flatcar Container Linux {version}\"\n")
        .File("bin/bash").File("share/misc/magic").File("lib64/ld.so")
        .File("share/flatcar/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n").File("share/flatcar/etc/defaults", "from usr\n").File("share/flatcar/etc/motd", "hello\n")
        .Link("share/flatcar/etc/os-release", "../usr/lib/os-release");
}
