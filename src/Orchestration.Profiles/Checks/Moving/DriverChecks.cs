using Orchestration.Inspection;
using Orchestration.Inspection.KernelSettings;
using static Orchestration.Profiles.Checks.Moving.Targets;

namespace Orchestration.Profiles.Checks.Moving;

/// <summary>Drivers for the devices that a target shows, and tools that its host talks to.</summary>
internal static class DriverChecks
{
    private static readonly string[] InitramfsTools = ["/etc/initramfs-tools/initramfs.conf", "/etc/initramfs-tools/conf.d/*"];

    private static readonly string[] Dracut = ["/etc/dracut.conf", "/etc/dracut.conf.d/*.conf", "/usr/lib/dracut/dracut.conf.d/*.conf"];

    private static readonly string[] HypervisorPackages = ["open-vm-tools", "virtualbox-guest-utils", "virtualbox-guest-additions", "qemu-guest-agent", "hyperv-daemons", "hyperv-tools", "xe-guest-utilities"];

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeModules("GK-MIG-010", "KVM", Kvm, "virtio_pci", "virtio_blk", "virtio_scsi", "virtio_net"),
        MakeModules("GK-MIG-011", "Hyper-V", [AzureCloud, HyperV], "hv_vmbus", "hv_storvsc", "hv_netvsc"),
        MakeModules("GK-MIG-012", "VMware", VmWare, "vmw_pvscsi", "vmxnet3"),
        new("GK-MIG-013", "The initial ramdisk has drivers for other machines", Severity.High, Everywhere, JudgeRamdisk)
        {
            Remediation = "Set MODULES=most in /etc/initramfs-tools/initramfs.conf and run update-initramfs -u, or install dracut-config-generic and run dracut --regenerate-all --force.",
            AppliesTo = "guests that make their ramdisk with initramfs-tools or dracut",
            Reads = [.. InitramfsTools, .. Dracut],
        },
        MakeTools("GK-MIG-014", "The guest agent for KVM is installed", Kvm, "qemu-guest-agent"),
        MakeTools("GK-MIG-015", "The agent for Azure is installed", AzureCloud, "walinuxagent", "WALinuxAgent", "waagent", "cloud-init"),
        MakeTools("GK-MIG-016", "The daemons for Hyper-V are installed", HyperV, "hyperv-daemons", "hyperv-tools", "linux-cloud-tools-common"),
        MakeTools("GK-MIG-017", "The tools for VMware are installed", VmWare, "open-vm-tools"),
        MakeLeftovers("GK-MIG-018", Kvm, "qemu-guest-agent"),
        MakeLeftovers("GK-MIG-019", AzureCloud, "hyperv-daemons", "hyperv-tools"),
        MakeLeftovers("GK-MIG-020", HyperV, "hyperv-daemons", "hyperv-tools"),
        MakeLeftovers("GK-MIG-021", VmWare, "open-vm-tools"),
    ];

    private static Check MakeModules(string id, string target, string profile, params string[] modules) => MakeModules(id, target, [profile], modules);

    private static Check MakeModules(string id, string target, string[] profiles, params string[] modules) =>
        new(id, $"The kernel has the drivers for {target}", Severity.Critical, profiles, guest =>
        {
            var expected = string.Join(", ", modules);
            var missing = guest.KernelSettings.AvailableModules is { } available ? modules.Where(module => !available.Contains(ModuleRule.Canonical(module))).ToList() : null;
            return missing is null
                ? Judgement.NotAssessable("the kernel's list of modules is missing")
                : Judgement.PassWhen(missing.Count == 0, new Evidence("/lib/modules", null, missing.Count == 0 ? expected : $"without {string.Join(", ", missing)}", expected));
        })
        {
            Remediation = $"Install the distribution's full kernel, which has {string.Join(", ", modules)}.",
            AppliesTo = "guests with a kernel",
            RestsOn = guest => [guest.KernelSettings, guest.Boot],
            Exempts = guest => guest.Boot.Kernels.Count > 0 ? null : "the guest has no kernel",
        };

    private static Check MakeTools(string id, string title, string profile, params string[] packages) =>
        MakePackages(id, title, Severity.Low, profile, guest =>
        {
            var found = packages.Where(guest.Packages.Has).ToList();
            return Judgement.PassWhen(found.Count > 0, new Evidence(null, null, found.Count > 0 ? string.Join(", ", found) : "none is installed", string.Join(" or ", packages)));
        }) with
        {
            Remediation = $"Install {packages[0]} before the move: hosts shut guests down, freeze and address them through it.",
        };

    private static Check MakeLeftovers(string id, string profile, params string[] wanted) =>
        MakePackages(id, "No tools of another hypervisor are left", Severity.Low, profile, guest => Judgement.PassUnless(
            [.. HypervisorPackages.Except(wanted).Where(guest.Packages.Has).Select(name => new Evidence(null, null, $"{name} is installed", "not installed"))],
            new Evidence(null, null, "none is installed", "not installed"))) with
        {
            Remediation = "Remove the package after the move; its services wait for a host that is not there.",
        };

    private static Check MakePackages(string id, string title, Severity severity, string profile, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, [profile], guest => guest.Packages.Format is null ? Judgement.NotAssessable("the guest has no package database that can be read") : evaluate(guest))
        {
            Remediation = "",
            AppliesTo = "guests with a package database",
            RestsOn = guest => [guest.Packages],
        };

    /// <summary>
    /// What the ramdisk is made of is decided by configuration: initramfs-tools takes most drivers unless told otherwise
    /// (initramfs.conf(5)), dracut those of this machine where <c>hostonly</c> is on, as Red Hat's family has it (dracut.conf(5)).
    /// </summary>
    private static Judgement JudgeRamdisk(Guest guest)
    {
        if (guest.Files.Exists(InitramfsTools[0]))
        {
            const string Most = "MODULES=most";
            return GuestText.Assignments(guest, InitramfsTools).TryGetValue("MODULES", out var modules)
                ? Judgement.PassWhen(modules.Value.Trim('"') is "most" or "netboot", modules.Line.Expect(Most))
                : Judgement.Pass(new Evidence(InitramfsTools[0], null, "MODULES not set (most)", Most));
        }

        if (!guest.Files.Exists(Dracut[0]) && !guest.Files.Exists("/usr/lib/dracut"))
        {
            return Judgement.NotApplicable("the guest makes no ramdisk with initramfs-tools or dracut");
        }

        const string Generic = "hostonly=\"no\"";
        var settings = GuestText.Assignments(guest, Dracut);
        return settings.TryGetValue("hostonly", out var hostOnly)
            ? Judgement.PassWhen(hostOnly.Value.Trim('"') is "no", hostOnly.Line.Expect(Generic))
            : Judgement.NotAssessable("dracut's configuration does not say whether the ramdisk is for this machine only");
    }
}
