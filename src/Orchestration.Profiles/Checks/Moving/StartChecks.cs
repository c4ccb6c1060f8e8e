using Orchestration.Inspection;
using Orchestration.Inspection.Mapping;
using static Orchestration.Profiles.Checks.Moving.Targets;

namespace Orchestration.Profiles.Checks.Moving;

/// <summary>Whether the guest finds its own disks when another machine starts it.</summary>
internal static class StartChecks
{
    private const string Expected = "UUID=, LABEL=, PARTUUID= or a logical volume";

    private static readonly string[] BusNames = ["/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/mmcblk"];

    private static readonly string[] Needed = ["/", "/boot", "/boot/efi", "/usr", "/var"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-MIG-001", "File systems are mounted by names that do not change with the machine", Severity.High, Everywhere, JudgeMounts)
        {
            Remediation = "Write UUID= (blkid prints it) in place of the device in /etc/fstab.",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-MIG-002", "The kernel is told its root by a name that does not change with the machine", Severity.Critical, Everywhere, guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassUnless(
                    [.. entry.Parameters.Where(parameter => parameter.StartsWith("root=", StringComparison.Ordinal) && IsBusName(parameter["root=".Length..]))
                        .Select(parameter => new Evidence(guest.Boot.DefaultEntryFile, entry.Line, parameter, Expected))],
                    new Evidence(guest.Boot.DefaultEntryFile, entry.Line, string.Join(' ', guest.Boot.Parameters("root")), Expected))
                : Judgement.NotAssessable("the default boot entry cannot be told"))
        {
            Remediation = "Remove GRUB_DISABLE_LINUX_UUID from /etc/default/grub and run update-grub, or set root=UUID= with grubby.",
            AppliesTo = "guests with GRUB",
            RestsOn = guest => [guest.Boot],
            Exempts = guest => guest.Boot.ConfigurationFile is not null ? null : "the guest has no GRUB configuration",
        },
        new("GK-MIG-003", "There is a kernel with its initial ramdisk", Severity.Critical, Everywhere, JudgeKernels)
        {
            Remediation = "Install the distribution's kernel package, and make the ramdisk with update-initramfs or dracut.",
            RestsOn = guest => [guest.Boot],
        },
        new("GK-MIG-004", "Every file system that the guest needs is on its disk", Severity.Critical, Everywhere, guest =>
        {
            const string OnDisk = "a file system on this disk, or the option nofail";
            var missing = guest.Map.Mounts.Where(mount => mount.State == MountState.Missing).ToList();
            return Judgement.PassUnless(
                [.. missing.Select(mount => new Evidence(mount.File, mount.Line, $"{mount.Specification} on {mount.MountPoint}: {mount.Reason}", OnDisk))],
                new Evidence("/etc/fstab", null, $"{guest.Map.Mounts.Count} mounts, none missing", OnDisk));
        })
        {
            Remediation = "Move the other disks too, or remove the line from /etc/fstab: a guest that waits for a disk does not start.",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-MIG-005", "There is a boot loader", Severity.High, Everywhere, guest => Judgement.PassWhen(
            guest.Boot.BootLoader is not null,
            new Evidence(guest.Boot.ConfigurationFile, null, guest.Boot.BootLoader ?? "none found", "GRUB, systemd-boot or another")))
        {
            Remediation = "Install one (grub-install, bootctl install), or tell the target the kernel and its command line directly.",
            RestsOn = guest => [guest.Boot],
        },
        new("GK-MIG-006", "No person has to unlock a disk", Severity.Medium, Everywhere, guest => Judgement.PassUnless(
            [.. guest.Storage.EncryptedVolumes.Where(volume => volume.KeyFile is null)
                .Select(volume => new Evidence("/etc/crypttab", volume.Line, $"{volume.Name} asks for a passphrase", "a key, or a console at the target"))],
            new Evidence("/etc/crypttab", null, "no volume asks for a passphrase", "a key, or a console at the target")))
        {
            Remediation = "Have a console at the target, or bind the volume to its TPM after the move (systemd-cryptenroll).",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-MIG-007", "SELinux has not to label all files at the first start", Severity.Low, Everywhere, guest => Judgement.PassWhen(
            !guest.Files.Exists("/etc/selinux/.autorelabel") && !guest.Files.Exists("/.autorelabel"),
            new Evidence("/.autorelabel", null, guest.Files.Exists("/.autorelabel") ? "there" : "not there", "not there, or time for the first start")))
        {
            Remediation = "Expect the first start to take long, and a second one after it.",
            AppliesTo = "guests with SELinux",
            Reads = ["/.autorelabel", "/etc/selinux/.autorelabel"],
            Exempts = guest => guest.Files.Exists("/etc/selinux") ? null : "the guest has no SELinux",
        },
    ];

    private static bool IsBusName(string specification) => BusNames.Any(name => specification.StartsWith(name, StringComparison.Ordinal));

    private static Judgement JudgeMounts(Guest guest)
    {
        var mounts = guest.Storage.Mounts.Where(mount => !mount.HasOption("noauto")).ToList();
        var wrong = mounts.Where(mount => IsBusName(mount.Specification)).ToList();
        var judgement = Judgement.PassUnless(
            [.. wrong.Select(mount => new Evidence(mount.File, mount.Line, $"{mount.Specification} on {mount.MountPoint}", Expected))],
            new Evidence("/etc/fstab", null, $"{mounts.Count} mounts, none by the name of a bus", Expected));
        return wrong.Exists(mount => Needed.Contains(mount.MountPoint) && !mount.HasOption("nofail")) ? judgement with { Severity = Severity.Critical } : judgement;
    }

    private static Judgement JudgeKernels(Guest guest)
    {
        const string Wanted = "a kernel and its initial ramdisk";
        var bootable = guest.Boot.Kernels.Where(kernel => kernel.Image is not null).ToList();
        return bootable switch
        {
            [] => Judgement.Fail(new Evidence("/boot", null, "no kernel", Wanted)),
            _ when bootable.Exists(kernel => kernel.InitialRamdisk is not null) =>
                Judgement.Pass([.. bootable.Where(kernel => kernel.InitialRamdisk is not null).Select(kernel => new Evidence(kernel.InitialRamdisk, null, kernel.Version, Wanted))]),
            _ => Judgement.Fail([.. bootable.Select(kernel => new Evidence(kernel.Image, null, "no initial ramdisk", Wanted))]) with { Severity = Severity.High },
        };
    }
}
