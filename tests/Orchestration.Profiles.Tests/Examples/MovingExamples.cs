using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class MovingExamples
{
    private const string SystemPartition = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";

    private const string DataPartition = "0fc63daf-8483-4772-8e79-3d69d8477de4";

    public static IReadOnlyList<CheckExample> All { get; } =
    [
        new("GK-MIG-001", Fstab("UUID=6d9e4a3c-0000-4000-8000-000000000001 / ext4 defaults 0 1"), Fstab("/dev/sda1 / ext4 defaults 0 1")),
        new("GK-MIG-002", Grub("root=UUID=1"), Grub("root=/dev/sda1")),
        new("GK-MIG-003", Booted().File("/boot/initrd.img-6.1.0-25-amd64"), new GuestBuilder().Directory("/boot")),
        new("GK-MIG-004", Fstab("UUID=1 / ext4 defaults 0 1"), Fstab("UUID=2 /data ext4 defaults 0 2").LostMount("/data", "UUID=2")),
        new("GK-MIG-005", Grub("quiet"), Booted()),
        new("GK-MIG-006", new GuestBuilder().File("/etc/crypttab", "data UUID=1 /etc/keys/data luks\n"), new GuestBuilder().File("/etc/crypttab", "data UUID=1 none luks\n")),
        new("GK-MIG-007", new GuestBuilder().File("/etc/selinux/config"), new GuestBuilder().File("/etc/selinux/config").File("/.autorelabel")),
        Modules("GK-MIG-010", "virtio_pci", "virtio_blk", "virtio_scsi", "virtio_net"),
        Modules("GK-MIG-011", "hv_vmbus", "hv_storvsc", "hv_netvsc"),
        Modules("GK-MIG-012", "vmw_pvscsi", "vmxnet3"),
        new("GK-MIG-013",
            new GuestBuilder().File("/etc/initramfs-tools/initramfs.conf", "MODULES=most\n"),
            new GuestBuilder().File("/etc/dracut.conf").File("/usr/lib/dracut/dracut.conf.d/01-dist.conf", "hostonly=\"yes\"\n")),
        Tools("GK-MIG-014", "qemu-guest-agent"),
        Tools("GK-MIG-015", "walinuxagent"),
        Tools("GK-MIG-016", "hyperv-daemons"),
        Tools("GK-MIG-017", "open-vm-tools"),
        Leftovers("GK-MIG-018", "qemu-guest-agent", "open-vm-tools"),
        Leftovers("GK-MIG-019", "hyperv-daemons", "open-vm-tools"),
        Leftovers("GK-MIG-020", "hyperv-daemons", "qemu-guest-agent"),
        Leftovers("GK-MIG-021", "open-vm-tools", "qemu-guest-agent"),
        new("GK-MIG-030", new GuestBuilder().Directory("/etc/udev/rules.d"), new GuestBuilder().File("/etc/udev/rules.d/70-persistent-net.rules")),
        Addresses("GK-MIG-031"),
        Addresses("GK-MIG-032"),
        new("GK-MIG-033", new GuestBuilder().Disk(1 << 30, "gpt", SystemPartition, DataPartition), new GuestBuilder().Disk(1 << 30, "gpt", DataPartition)),
        new("GK-MIG-034", new GuestBuilder().Disk(1 << 30, "mbr", "0x83"), new GuestBuilder().Disk((1 << 30) + 512, "mbr", "0x83")),
        new("GK-MIG-035", Grub("console=ttyS0,115200n8"), Grub("quiet")),
        new("GK-MIG-036", Fstab("UUID=1 / ext4 defaults 0 1"), Fstab("/swapfile none swap sw 0 0")),
        new("GK-MIG-037", new GuestBuilder().Directory("/etc/pki"), new GuestBuilder().File("/etc/pki/consumer/cert.pem")),
    ];

    private static GuestBuilder Fstab(string line) => new GuestBuilder().File("/etc/fstab", line + "\n");

    private static GuestBuilder Grub(string parameters) =>
        new GuestBuilder().File("/boot/grub/grub.cfg", $"set default=\"0\"\nmenuentry 'Linux' {{\n\tlinux /vmlinuz ro {parameters}\n}}\n");

    private static CheckExample Modules(string id, params string[] modules) => new(id, WithModules(modules), WithModules(modules[..^1]));

    private static GuestBuilder WithModules(string[] modules) =>
        Booted().File("/lib/modules/6.1.0-25-amd64/modules.dep", string.Concat(modules.Select(module => $"kernel/drivers/{module}.ko.xz:\n")));

    private static CheckExample Tools(string id, string package) => new(id, new GuestBuilder().Packages("bash", package), new GuestBuilder().Packages("bash"));

    private static CheckExample Leftovers(string id, string right, string wrong) => new(id, new GuestBuilder().Packages("bash", right), new GuestBuilder().Packages("bash", wrong));

    private static CheckExample Addresses(string id) => new(
        id,
        new GuestBuilder().File("/etc/network/interfaces", "auto ens3\niface ens3 inet dhcp\n"),
        new GuestBuilder().File("/etc/network/interfaces", "auto ens3\niface ens3 inet static\n  address 192.0.2.10/24\n"));
}
