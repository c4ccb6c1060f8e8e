using Orchestration.Inspection;
using Orchestration.Inspection.KernelSettings;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Kernel;

/// <summary>Modules that a server has no use for and that an attacker might have.</summary>
internal static class KernelModuleChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-MOD-001", "cramfs", Severity.Medium, [Compliance, Hardening], Cis("1.1.1.1"), CisLinux("1.1.1.1"), Pci("2.2.4")),
        Make("GK-MOD-002", "freevxfs", Severity.Low, [Compliance, Hardening], Cis("1.1.1.2"), CisLinux("1.1.1.2"), Pci("2.2.4")),
        Make("GK-MOD-003", "hfs", Severity.Low, [Compliance, Hardening], Cis("1.1.1.3"), CisLinux("1.1.1.4"), Pci("2.2.4")),
        Make("GK-MOD-004", "hfsplus", Severity.Low, [Compliance, Hardening], Cis("1.1.1.4"), CisLinux("1.1.1.5"), Pci("2.2.4")),
        Make("GK-MOD-005", "jffs2", Severity.Low, [Compliance, Hardening], Cis("1.1.1.5"), CisLinux("1.1.1.3"), Pci("2.2.4")),
        Make("GK-MOD-006", "udf", Severity.Low, [Compliance, Hardening], Cis("1.1.1.8", 2), CisLinux("1.1.1.7")),
        Make("GK-MOD-007", "usb-storage", Severity.Low, [Compliance, Hardening], Cis("1.1.1.9"), CisLinux("1.1.23"), CisRedHat("1.1.9"), Pci("3.4.2")),
        Make("GK-MOD-008", "dccp", Severity.Low, [Compliance, Hardening], Cis("3.2.1", 2), CisLinux("3.4.1", 2), Pci("1.4.2")),
        Make("GK-MOD-009", "tipc", Severity.Low, [Compliance, Hardening], Cis("3.2.2", 2), CisLinux("3.4.4", 2), CisRedHat("3.1.3", 2), Pci("1.4.2")),
        Make("GK-MOD-010", "rds", Severity.Low, [Compliance, Hardening], Cis("3.2.3", 2), CisLinux("3.4.3", 2), Pci("1.4.2")),
        Make("GK-MOD-011", "sctp", Severity.Low, [Compliance, Hardening], Cis("3.2.4", 2), CisLinux("3.4.2", 2), Pci("1.4.2")),
        Make("GK-MOD-012", "squashfs", Severity.Low, [Hardening], Cis("1.1.1.7", 2), CisLinux("1.1.1.6")),
        Make("GK-MOD-013", "overlay", Severity.Low, [Hardening], Cis("1.1.1.6", 2)),
    ];

    private static Check Make(string id, string module, Severity severity, IReadOnlyList<string> profiles, params Reference[] references) =>
        new(id, $"The kernel module {module} cannot be loaded", severity, profiles, guest => Judge(guest, module))
        {
            References = references,
            Remediation = $"Write 'install {module} /bin/false' and 'blacklist {module}' into a file in /etc/modprobe.d.",
            RestsOn = guest => [guest.KernelSettings],
            Files = ["/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d", "/run/modprobe.d", "/lib/modules"],
        };

    /// <summary>A blacklist alone stops automatic loading by alias only; <c>install</c> stops loading by name too.</summary>
    private static Judgement Judge(Guest guest, string module)
    {
        var expected = $"install {module} /bin/false, or no such module";
        var rules = guest.KernelSettings.FindRules(module).ToList();
        if (rules.Find(rule => rule.PreventsLoading) is { } rule)
        {
            return Judgement.Pass(Of(rule, expected));
        }

        return guest.KernelSettings.AvailableModules switch
        {
            null => guest.Boot.Kernels.Count > 0
                ? Judgement.NotAssessable("the kernel's list of modules is missing")
                : Judgement.NotApplicable("the guest has no kernel, as a container has none"),
            var available when !available.Contains(ModuleRule.Canonical(module)) => Judgement.Pass(new Evidence("/lib/modules", null, $"the kernel has no {module}", expected)),
            _ when rules.Count > 0 => Judgement.Fail([.. rules.Select(found => Of(found, expected))]),
            _ => Judgement.Fail(new Evidence("/etc/modprobe.d", null, $"the kernel has {module} and nothing keeps it from being loaded", expected)),
        };
    }

    private static Evidence Of(ModuleRule rule, string expected) => new(rule.File, rule.Line, $"{rule.Action} {rule.Module} {rule.Command}".TrimEnd(), expected);
}
