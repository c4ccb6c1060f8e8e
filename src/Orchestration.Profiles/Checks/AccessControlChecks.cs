using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks;

/// <summary>Mandatory access control. Distributions ship one or the other: AppArmor on Debian is no worse than SELinux on Red Hat.</summary>
internal static class AccessControlChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-MAC-001", "Mandatory access control is enforced", Severity.High, [Security, Compliance], JudgeEnforcement)
        {
            References = [Cis("1.3.1.1"), CisRedHat("1.3.1"), Pci("1.2.6")],
            Remediation = "Enable AppArmor (systemctl enable apparmor) or set SELINUX=enforcing, and remove boot parameters that turn it off.",
            RestsOn = guest => [guest.AccessControl],
        },
        new("GK-MAC-002", "No AppArmor profile is disabled", Severity.Medium, [Hardening], guest =>
            Judgement.PassUnless(
                [.. guest.AccessControl.AppArmor.DisabledProfiles.Select(name =>
                    new Evidence($"/etc/apparmor.d/disable/{name}", null, $"{name} disabled", "no profile in disable/"))],
                new Evidence("/etc/apparmor.d", null, $"{guest.AccessControl.AppArmor.Profiles} profiles, none disabled", "no profile in disable/")))
        {
            Remediation = "Remove the links in /etc/apparmor.d/disable, or the software that the profiles are for.",
            RestsOn = guest => [guest.AccessControl],
            Exempts = guest => guest.AccessControl.AppArmor.Installed ? null : "AppArmor is not installed",
        },
    ];

    private static Judgement JudgeEnforcement(Guest guest)
    {
        const string Expected = "SELinux enforcing, or AppArmor enabled";
        var (selinux, appArmor) = (guest.AccessControl.Selinux, guest.AccessControl.AppArmor);
        List<Evidence> evidence =
        [
            new(selinux.File, selinux.Line, $"SELinux {(selinux.Installed ? selinux.Mode ?? "not configured" : "not installed")}", Expected),
            new(null, null, $"AppArmor {(appArmor.Enabled ? "enabled" : appArmor.Installed ? "installed, not enabled" : "not installed")}", Expected),
            .. selinux.BootParameters.Concat(appArmor.BootParameters).Distinct()
                .Select(parameter => new Evidence(guest.Boot.ConfigurationFile, guest.Boot.DefaultEntry?.Line, parameter, Expected)),
        ];
        return (selinux is { Installed: true, Mode: "enforcing" }) || appArmor.Enabled ? Judgement.Pass(evidence)
            : selinux is { Installed: true, Mode: "permissive" } ? Judgement.Fail(evidence) with { Severity = Severity.Medium }
            : Judgement.Fail(evidence);
    }
}
