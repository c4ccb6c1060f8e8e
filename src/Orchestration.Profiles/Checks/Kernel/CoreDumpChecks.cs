using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Kernel;

/// <summary>What is left of a program that crashes: its memory, with every secret in it.</summary>
internal static class CoreDumpChecks
{
    private static readonly string[] LimitFiles = ["/etc/security/limits.conf", "/etc/security/limits.d/*"];

    private static readonly string[] CollectorFiles = ["/etc/systemd/coredump.conf", "/etc/systemd/coredump.conf.d/*.conf"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-KRN-014", "Programs leave no core dumps", Severity.Low, [Hardening, Compliance], JudgeLimit)
        {
            References = [Cis("1.5.3"), CisLinux("1.5.1")],
            Remediation = "Write '* hard core 0' into a file in /etc/security/limits.d.",
            AppliesTo = "guests with pam_limits",
            Reads = LimitFiles,
            Exempts = guest => guest.Files.Exists("/etc/security") ? null : "the guest has no pam_limits",
        },
        MakeCollector("GK-KRN-015", "Collected core dumps are not kept", "Storage", "none", "external") with { References = [CisRedHat("1.5.1")] },
        MakeCollector("GK-KRN-016", "Core dumps are not read for back traces", "ProcessSizeMax", "0", "large") with { References = [CisRedHat("1.5.2")] },
    ];

    private static Check MakeCollector(string id, string title, string key, string wanted, string byDefault) =>
        new(id, title, Severity.Low, [Hardening], guest =>
        {
            var expected = $"{key}={wanted}";
            var set = GuestText.Sections(guest, CollectorFiles).Select(file => (file.File, Entry: file.Content.Find("Coredump", key))).LastOrDefault(item => item.Entry is not null);
            return set.Entry is { } entry
                ? Judgement.PassWhen(entry.Value.Equals(wanted, StringComparison.OrdinalIgnoreCase), new Evidence(set.File, entry.Line, $"{key}={entry.Value}", expected))
                : Judgement.Fail(new Evidence(CollectorFiles[0], null, $"{key} not set (default {byDefault})", expected));
        })
        {
            Remediation = $"Set {key}={wanted} in the section [Coredump] of /etc/systemd/coredump.conf.",
            AppliesTo = "guests with systemd-coredump",
            Reads = CollectorFiles,
            Exempts = guest => guest.Files.Exists(CollectorFiles[0]) || guest.Files.Exists("/usr/lib/systemd/systemd-coredump") ? null : "the guest has no systemd-coredump",
        };

    private static Judgement JudgeLimit(Guest guest)
    {
        const string Expected = "* hard core 0";
        return GuestText.Lines(guest, LimitFiles).LastOrDefault(line => line.Words is ["*", "hard" or "-", "core", _, ..]) is { File: not null } line
            ? Judgement.PassWhen(line.Words[3] == "0", line.Expect(Expected))
            : Judgement.Fail(new Evidence(LimitFiles[0], null, "no limit for everybody", Expected));
    }
}
