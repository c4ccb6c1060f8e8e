using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Mapping;

/// <summary>Roots that are one of several: deployments of OSTree, pairs of slots, generations of NixOS.</summary>
public sealed class ImageBasedRootTests : IDisposable
{
    private const string Linux = "0fc63daf-8483-4772-8e79-3d69d8477de4";
    private const string EfiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    private const string RootOfX64 = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709";
    private const string Old = "/ostree/deploy/fedora-coreos/deploy/1111.0";
    private const string New = "/ostree/deploy/fedora-coreos/deploy/2222.0";

    private readonly PartitionedDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4, "mkfs.btrfs")]
    public void The_deployment_that_the_boot_loader_names_is_the_root()
    {
        var (map, guest) = _disk
            .Partition("boot", Linux, boot => boot.Type("ext4", "boot").Link("loader", "loader.1")
                .File("grub2/grub.cfg", "blscfg\n")
                .File("loader.1/entries/ostree-1-fedora-coreos.conf", "title Fedora CoreOS 40\nversion 1\nlinux /ostree/fedora-coreos-b/vmlinuz-6.9.0\noptions ostree=/ostree/boot.1/fedora-coreos/bbbb/0 root=LABEL=root\n")
                .File("loader.1/entries/ostree-2-fedora-coreos.conf", "title Fedora CoreOS 39\nversion 2\nlinux /ostree/fedora-coreos-a/vmlinuz-6.8.0\ninitrd /ostree/fedora-coreos-a/initramfs-6.8.0.img\noptions ostree=/ostree/boot.1/fedora-coreos/aaaa/0 root=LABEL=root\n")
                .File("ostree/fedora-coreos-a/vmlinuz-6.8.0").File("ostree/fedora-coreos-a/initramfs-6.8.0.img"))
            .Partition("root", RootOfX64, root => Deployments(root).Type("btrfs", "root"), megabytes: 128)
            .Inspect();

        Assert.Equal(("39", "node1"), (guest.OperatingSystem.Version, guest.OperatingSystem.Hostname));
        Assert.Equal("the boot loader's default entry says ostree=/ostree/boot.1/fedora-coreos/aaaa/0", map.ChosenBecause);
        Assert.Equal(
            [("/", Old), ("/boot", null), ("/sysroot", null), ("/var", "/ostree/deploy/fedora-coreos/var")],
            map.Mounts.Select(mount => (mount.MountPoint, mount.Directory)));
        Assert.Equal(("Fedora CoreOS 40", New), (Assert.Single(map.OtherSystems).Name, map.OtherSystems[0].Directory));
        Assert.Equal("shared\n", guest.Files.ReadText("/home/core/note"));
        Assert.Equal(("/boot/ostree/fedora-coreos-a/vmlinuz-6.8.0", "/boot/ostree/fedora-coreos-a/initramfs-6.8.0.img"), (guest.Boot.DefaultKernel?.Image, guest.Boot.DefaultKernel?.InitialRamdisk));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void Without_a_word_of_the_boot_loader_the_newest_deployment_is_read_and_said_to_be_a_guess()
    {
        var (map, guest) = _disk.Partition("root", RootOfX64, root => Deployments(root).Type("ext4", "root"), megabytes: 64).Inspect();

        Assert.Equal("40", guest.OperatingSystem.Version);
        Assert.Equal("the one deployed last; nothing on the disk tells which would start", map.ChosenBecause);
        Assert.Contains(map.Warnings, warning => warning.Contains("/dev/sda1 (Fedora CoreOS 39)", StringComparison.Ordinal));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4, "mkfs.vfat", "mcopy")]
    public void Of_two_roots_the_one_that_the_boot_loader_starts_is_read()
    {
        var (map, guest) = _disk
            .Partition("ESP", EfiSystem, esp => esp.Type("vfat", "ESP").File("loader/loader.conf", "default slot-b.conf\n")
                .File("loader/entries/slot-a.conf", "linux /a\noptions root=PARTLABEL=system-a\n").File("loader/entries/slot-b.conf", "linux /b\noptions root=PARTUUID=aaaaaaaa-0000-4000-8000-00000000000b ro\n"))
            .Partition("system-a", RootOfX64, root => Appliance(root, "1"))
            .Partition("system-b", RootOfX64, root => Appliance(root, "2"), uuid: "AAAAAAAA-0000-4000-8000-00000000000B")
            .Inspect();

        Assert.Equal(("/dev/sda3", "2"), (map.RootDevice, guest.OperatingSystem.Version));
        Assert.Equal("the boot loader's default entry says root=PARTUUID=aaaaaaaa-0000-4000-8000-00000000000b", map.ChosenBecause);
        Assert.Equal("/dev/sda2", Assert.Single(map.OtherSystems).Device);
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4, "mkfs.vfat", "mcopy")]
    public void A_GRUB_on_the_partition_of_the_firmware_says_which_root_is_started()
    {
        var map = _disk
            .Partition("ESP", EfiSystem, esp => esp.Type("vfat", "ESP").File("EFI/BOOT/grub.cfg", "set default=1\nmenuentry 'A' {\n linux /a root=PARTLABEL=system-a\n}\nmenuentry 'B' {\n linux /b root=PARTLABEL=system-b\n}\n"))
            .Partition("system-a", RootOfX64, root => Appliance(root, "1"))
            .Partition("system-b", RootOfX64, root => Appliance(root, "2"))
            .Inspect().Map;

        Assert.Equal(("/dev/sda3", "the boot loader's default entry says root=PARTLABEL=system-b"), (map.RootDevice, map.ChosenBecause));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void NixOS_is_known_with_what_its_links_lead_to()
    {
        var guest = _disk.Partition("nixos", RootOfX64, root => Nix(root).Link("etc/static", "/nix/store/a-etc/etc").Link("etc/os-release", "/etc/static/os-release").File("etc/NIXOS").Link("bin/sh", "/nix/store/b-bash/bin/sh")).Inspect().Guest;

        Assert.Equal(("nixos", "24.05", "nixos"), (guest.OperatingSystem.Distribution, guest.OperatingSystem.Version, guest.OperatingSystem.Family));
    }

    [RequiresToolFact(PartitionedDisk.Partitioner, PartitionedDisk.MakeExt4)]
    public void A_NixOS_that_never_started_is_known_by_its_system_profile()
    {
        var guest = _disk.Partition("nixos", RootOfX64, root => Nix(root).File("etc/NIXOS")).Inspect().Guest;

        Assert.Equal(("nixos", "24.05"), (guest.OperatingSystem.Distribution, guest.OperatingSystem.Version));
    }

    private static FileSystemRecipe Deployments(FileSystemRecipe root)
    {
        foreach (var (path, version) in new[] { (Old, "39"), (New, "40") })
        {
            var folder = path[1..];
            root.File($"{folder}/usr/lib/os-release", $"ID=fedora\nVARIANT_ID=coreos\nVERSION_ID={version}\nPRETTY_NAME=\"Fedora CoreOS {version}\"\n").File($"{folder}/usr/bin/bash")
                .Link($"{folder}/etc/os-release", "../usr/lib/os-release").File($"{folder}/etc/hostname", "node1\n").Folder($"{folder}/var").Folder($"{folder}/boot").Folder($"{folder}/sysroot")
                .Link($"{folder}/home", "var/home").Link($"{folder}/bin", "usr/bin").Link($"{folder}/ostree", "sysroot/ostree");
        }

        return root.File("ostree/deploy/fedora-coreos/var/home/core/note", "shared\n").Folder("ostree/repo").Folder("boot")
            .Link("ostree/boot.1", "boot.1.1").Link("ostree/boot.1.1/fedora-coreos/aaaa/0", "../../../deploy/fedora-coreos/deploy/1111.0").Link("ostree/boot.1.1/fedora-coreos/bbbb/0", "../../../deploy/fedora-coreos/deploy/2222.0")
            .Run("touch -d 2024-01-01 ostree/deploy/fedora-coreos/deploy/1111.0");
    }

    private static void Appliance(FileSystemRecipe root, string version) =>
        root.File("etc/os-release", $"ID=appliance\nVERSION_ID={version}\n").File("bin/sh").Folder("usr");

    private static FileSystemRecipe Nix(FileSystemRecipe root) => root
        .File("nix/store/a-etc/etc/os-release", "ID=nixos\nVERSION_ID=\"24.05\"\nPRETTY_NAME=\"NixOS 24.05 (Uakari)\"\n").File("nix/store/b-bash/bin/sh")
        .Link("nix/store/c-system/etc", "/nix/store/a-etc/etc").Link("nix/var/nix/profiles/system", "system-1-link").Link("nix/var/nix/profiles/system-1-link", "/nix/store/c-system");
}
