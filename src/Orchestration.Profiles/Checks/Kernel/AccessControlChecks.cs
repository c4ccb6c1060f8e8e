using Orchestration.Inspection;
using Orchestration.Inspection.AccessControl;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Kernel;

/// <summary>Mandatory access control. Distributions ship one or the other: AppArmor on Debian is no worse than SELinux on Red Hat.</summary>
internal static class AccessControlChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-MAC-001", "Mandatory access control is enforced", Severity.High, [Security, Compliance], JudgeEnforcement)
        {
            References = [Cis("1.3.1.1"), CisRedHat("1.6.1.5", 2), Pci("1.2.6")],
            Remediation = "Enable AppArmor (systemctl enable apparmor) or set SELINUX=enforcing, and remove boot parameters that turn it off.",
            RestsOn = guest => [guest.AccessControl],
        },
        new("GK-MAC-002", "No AppArmor profile is disabled", Severity.Medium, [Hardening], guest =>
            Judgement.PassUnless(
                [.. guest.AccessControl.AppArmor.DisabledProfiles.Select(name =>
                    new Evidence($"/etc/apparmor.d/disable/{name}", null, $"{name} disabled", "no profile in disable/"))],
                new Evidence("/etc/apparmor.d", null, $"{guest.AccessControl.AppArmor.Profiles} profiles, none disabled", "no profile in disable/")))
        {
            References = [Cis("1.3.1.4", 2)],
            Remediation = "Remove the links in /etc/apparmor.d/disable, or the software that the profiles are for.",
            RestsOn = guest => [guest.AccessControl],
            Exempts = guest => guest.AccessControl.AppArmor.Installed ? null : "AppArmor is not installed",
        },
        MakeSelinux("GK-MAC-003", "SELinux has a policy that confines services", Severity.Medium, (guest, selinux) => Judgement.PassWhen(
            selinux.PolicyType is "targeted" or "mls",
            new Evidence(selinux.File, selinux.Line, $"SELINUXTYPE={selinux.PolicyType ?? " not set"}", "targeted or mls"))) with
        {
            References = [CisRedHat("1.6.1.3"), Pci("1.2.6")],
            Remediation = "Set SELINUXTYPE=targeted in /etc/selinux/config.",
        },
        MakeSelinux("GK-MAC-004", "SELinux is not disabled", Severity.High, (guest, selinux) => Judgement.PassWhen(
            selinux.Mode is "enforcing" or "permissive",
            new Evidence(selinux.File, selinux.Line, $"SELinux {selinux.Mode ?? "not configured"}", "enforcing or permissive"))) with
        {
            References = [CisRedHat("1.6.1.4"), Pci("1.2.6")],
            Remediation = "Set SELINUX=enforcing in /etc/selinux/config and relabel at the next boot.",
        },
        MakeSelinux("GK-MAC-005", "No boot parameter turns SELinux off", Severity.High, (guest, selinux) => Judgement.PassUnless(
            [.. selinux.BootParameters.Where(parameter => parameter is "selinux=0" or "enforcing=0")
                .Select(parameter => new Evidence(guest.Boot.DefaultEntryFile, guest.Boot.DefaultEntry?.Line, parameter, "neither selinux=0 nor enforcing=0"))],
            new Evidence(guest.Boot.DefaultEntryFile, guest.Boot.DefaultEntry?.Line, "neither is there", "neither selinux=0 nor enforcing=0"))) with
        {
            References = [CisRedHat("1.6.1.2"), Pci("1.2.6")],
            Remediation = "Remove the parameter (grubby --update-kernel ALL --remove-args).",
        },
    ];

    private static Check MakeSelinux(string id, string title, Severity severity, Func<Guest, SelinuxState, Judgement> evaluate) =>
        new(id, title, severity, [Hardening], guest => evaluate(guest, guest.AccessControl.Selinux))
        {
            Remediation = "",
            AppliesTo = "guests with SELinux",
            RestsOn = guest => [guest.AccessControl],
            Exempts = guest => guest.AccessControl.Selinux.Installed ? null : "SELinux is not installed",
        };

    private static Judgement JudgeEnforcement(Guest guest)
    {
        const string Expected = "SELinux enforcing, or AppArmor enabled";
        var (selinux, appArmor) = (guest.AccessControl.Selinux, guest.AccessControl.AppArmor);
        List<Evidence> evidence =
        [
            new(selinux.File, selinux.Line, $"SELinux {(selinux.Installed ? selinux.Mode ?? "not configured" : "not installed")}", Expected),
            new(null, null, $"AppArmor {(appArmor.Enabled ? "enabled" : appArmor.Installed ? "installed, not enabled" : "not installed")}", Expected),
            .. selinux.BootParameters.Concat(appArmor.BootParameters).Distinct()
                .Select(parameter => new Evidence(guest.Boot.DefaultEntryFile, guest.Boot.DefaultEntry?.Line, parameter, Expected)),
        ];
        return (selinux is { Installed: true, Mode: "enforcing" }) || appArmor.Enabled ? Judgement.Pass(evidence)
            : selinux is { Installed: true, Mode: "permissive" } ? Judgement.Fail(evidence) with { Severity = Severity.Medium }
            : Judgement.Fail(evidence);
    }
}
