using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Kernel;

/// <summary>Kernel parameters as sysctl.d would leave them; where nothing sets one, the kernel's own default counts.</summary>
internal static class KernelParameterChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-KRN-001", "Kernel messages are for root only", Severity.Medium, ["1"], null, ["kernel.dmesg_restrict"]),
        Make("GK-KRN-002", "Kernel addresses are hidden", Severity.High, ["1", "2"], "0", ["kernel.kptr_restrict"]),
        Make("GK-KRN-003", "Processes cannot trace others of their user", Severity.Medium, ["1", "2", "3"], null, ["kernel.yama.ptrace_scope"], Cis("1.5.2")),
        Make("GK-KRN-004", "Links to others' files are refused", Severity.Medium, ["1"], "0", ["fs.protected_hardlinks"]),
        Make("GK-KRN-005", "Links in sticky directories are not followed for others", Severity.High, ["1"], "0", ["fs.protected_symlinks"]),
        Make("GK-KRN-006", "Addresses of programs are randomized", Severity.High, ["2"], "2", ["kernel.randomize_va_space"], Cis("1.5.1"), CisLinux("1.5.3"), CisRedHat("1.5.3")),
        Make("GK-KRN-007", "Privileged programs leave no core dumps", Severity.Medium, ["0"], "0", ["fs.suid_dumpable"], Cis("1.5.3"), CisLinux("1.5.1")),
        Make("GK-KRN-008", "The running kernel cannot be replaced", Severity.Low, ["1"], "0", ["kernel.kexec_load_disabled"]),
        Make("GK-KRN-009", "Programs for the kernel are loaded by root only", Severity.Medium, ["1", "2"], null, ["kernel.unprivileged_bpf_disabled"]),
        Make("GK-KRN-010", "Others' programs cannot be measured", Severity.Low, ["2", "3", "4"], "2", ["kernel.perf_event_paranoid"]),
        Make("GK-KRN-011", "Programs in the kernel are hardened when they are compiled", Severity.Low, ["2"], "0", ["net.core.bpf_jit_harden"]),
        Make("GK-KRN-012", "Keys at the console cannot command the kernel", Severity.Low, ["0", "4", "16", "176"], null, ["kernel.sysrq"]),
        Make("GK-KRN-013", "Pipes and files in sticky directories are opened by their owner only", Severity.Low, ["1", "2"], "0", ["fs.protected_fifos", "fs.protected_regular"]),
        Make("GK-NET-011", "The guest does not route IPv6", Severity.Medium, ["0"], "0", ["net.ipv6.conf.all.forwarding"], Cis("3.3.1"), CisLinux("3.1.1"), CisRedHat("3.2.1"), Pci("1.4.3")),
        Make("GK-NET-012", "Senders cannot choose the route on new interfaces either", Severity.Medium, ["0"], "1", ["net.ipv4.conf.default.accept_source_route"],
            Cis("3.3.8"), CisLinux("3.2.1"), CisRedHat("3.3.1"), Pci("1.4.2")),
        Make("GK-NET-013", "Senders cannot choose the route of IPv6", Severity.Medium, ["0"], "0",
            ["net.ipv6.conf.all.accept_source_route", "net.ipv6.conf.default.accept_source_route"], Cis("3.3.8"), CisLinux("3.2.1"), CisRedHat("3.3.1"), Pci("1.4.2")),
        Make("GK-NET-014", "Packets from impossible senders are dropped on new interfaces too", Severity.Medium, ["1"], "0", ["net.ipv4.conf.default.rp_filter"],
            Cis("3.3.7"), CisLinux("3.2.7"), CisRedHat("3.3.7"), Pci("1.4.3")),
        Make("GK-NET-001", "The guest does not route", Severity.Medium, ["0"], "0", ["net.ipv4.ip_forward"], Cis("3.3.1"), CisLinux("3.1.1"), CisRedHat("3.2.1"), Pci("1.4.3")),
        Make("GK-NET-002", "Floods of half-open connections are withstood", Severity.High, ["1"], "1", ["net.ipv4.tcp_syncookies"], Cis("3.3.10"), CisLinux("3.2.8"), CisRedHat("3.3.8"), Pci("1.4.3")),
        Make("GK-NET-003", "ICMP cannot change routes", Severity.High, ["0"], "1",
            ["net.ipv4.conf.all.accept_redirects", "net.ipv4.conf.default.accept_redirects", "net.ipv6.conf.all.accept_redirects", "net.ipv6.conf.default.accept_redirects"],
            Cis("3.3.5"), CisLinux("3.2.2"), CisRedHat("3.3.2"), Pci("1.4.3")),
        Make("GK-NET-004", "Senders cannot choose the route", Severity.Critical, ["0"], "0", ["net.ipv4.conf.all.accept_source_route"], Cis("3.3.8"), CisLinux("3.2.1"), CisRedHat("3.3.1"), Pci("1.4.2")),
        Make("GK-NET-005", "Packets from impossible senders are dropped", Severity.High, ["1"], "0", ["net.ipv4.conf.all.rp_filter"], Cis("3.3.7"), CisLinux("3.2.7"), CisRedHat("3.3.7"), Pci("1.4.3")),
        Make("GK-NET-006", "Packets from impossible senders are logged", Severity.Low, ["1"], "0",
            ["net.ipv4.conf.all.log_martians", "net.ipv4.conf.default.log_martians"], Cis("3.3.9"), CisLinux("3.2.4"), CisRedHat("3.3.4")),
        Make("GK-NET-007", "The guest sends no redirects", Severity.Medium, ["0"], "1",
            ["net.ipv4.conf.all.send_redirects", "net.ipv4.conf.default.send_redirects"], Cis("3.3.2"), CisLinux("3.1.2"), CisRedHat("3.2.2"), Pci("1.4.5")),
        Make("GK-NET-008", "Broken and broadcast ICMP is ignored", Severity.Low, ["1"], "1",
            ["net.ipv4.icmp_ignore_bogus_error_responses", "net.ipv4.icmp_echo_ignore_broadcasts"], Cis("3.3.3"), CisLinux("3.2.6"), CisRedHat("3.3.6"), Cis("3.3.4"), CisLinux("3.2.5"), CisRedHat("3.3.5")),
        Make("GK-NET-009", "Redirects are not believed of gateways either", Severity.Low, ["0"], "1",
            ["net.ipv4.conf.all.secure_redirects", "net.ipv4.conf.default.secure_redirects"], Cis("3.3.6"), CisLinux("3.2.3"), CisRedHat("3.3.3"), Pci("1.4.3")),
        Make("GK-NET-010", "IPv6 routers are not believed", Severity.Low, ["0"], "1", ["net.ipv6.conf.all.accept_ra", "net.ipv6.conf.default.accept_ra"], Cis("3.3.11"), CisLinux("3.2.9"), CisRedHat("3.3.9")),
    ];

    // The default is null where kernels differ by how they were built.
    private static Check Make(
        string id, string title, Severity severity, string[] accepted, string? kernelDefault, string[] names, params Reference[] references) =>
        new(id, title, severity, references.Length == 0 ? [Hardening] : [Hardening, Compliance], guest => Judge(guest, accepted, kernelDefault, names))
        {
            References = references,
            Remediation = $"Write {string.Join(" and ", names.Select(name => $"{name} = {accepted[0]}"))} into a file in /etc/sysctl.d that sorts last.",
            AppliesTo = "guests with a kernel or services",
            RestsOn = guest => [guest.KernelSettings],
            Files = ["/etc/sysctl", "/usr/lib/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/lib/sysctl.d", "/etc/ufw"],
            Exempts = guest => guest.Boot.Kernels.Count > 0 || guest.Services.Units.Count > 0 ? null : "the guest has no kernel and no init, as a container has none",
        };

    private static Judgement Judge(Guest guest, string[] accepted, string? kernelDefault, string[] names)
    {
        var right = new List<Evidence>();
        var wrong = new List<Evidence>();
        foreach (var name in names)
        {
            var expected = $"{name} = {string.Join(" or ", accepted)}";
            var setting = guest.KernelSettings.Find(name);
            if (setting is null && kernelDefault is null)
            {
                return Judgement.NotAssessable($"{name} is not set, and its default was decided when the kernel was built");
            }

            (accepted.Contains(setting?.Value ?? kernelDefault) ? right : wrong).Add(setting is null
                ? new Evidence("/etc/sysctl.d", null, $"{name} is not set (default of the kernel: {kernelDefault})", expected)
                : new Evidence(setting.File, setting.Line, $"{setting.Name} = {setting.Value}", expected));
        }

        return Judgement.PassUnless(wrong, right);
    }
}
