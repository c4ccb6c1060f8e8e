using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Records;

/// <summary>auditd.conf(5), and who can read and change what belongs to the audit trail.</summary>
internal static class AuditChecks
{
    private const string Daemon = "/etc/audit/auditd.conf";

    private static readonly string[] Tools = ["auditctl", "auditd", "ausearch", "aureport", "autrace", "augenrules"];

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeSetting("GK-AUD-003", "The size of the audit log is decided", [("max_log_file", value => long.TryParse(value, out var megabytes) && megabytes > 0, "a number above zero")],
            Cis("6.2.2.1", 2), CisLinux("4.1.2.1", 2), CisRedHat("4.1.2.1", 2)),
        MakeSetting("GK-AUD-004", "Audit logs are kept", [("max_log_file_action", value => value == "keep_logs", "keep_logs")],
            Cis("6.2.2.2", 2), CisLinux("4.1.2.2", 2), CisRedHat("4.1.2.2", 2), Pci("10.5.1")),
        MakeSetting("GK-AUD-005", "The machine stops when it cannot audit",
            [
                ("disk_full_action", value => value is "halt" or "single", "halt or single"),
                ("disk_error_action", value => value is "syslog" or "halt" or "single", "syslog, halt or single"),
            ],
            Cis("6.2.2.3", 2), CisLinux("4.1.2.3", 2)),
        MakeSetting("GK-AUD-006", "Somebody is told before the space for audit logs runs out",
            [
                ("space_left_action", value => value is "email" or "exec" or "single" or "halt", "email, exec, single or halt"),
                ("admin_space_left_action", value => value is "single" or "halt", "single or halt"),
            ],
            Cis("6.2.2.4", 2), CisRedHat("4.1.2.3", 2)),
        MakeFiles("GK-AUD-007", "Audit logs are root's", guest => [.. guest.Files.List("/var/log/audit").Where(file => file.IsRegular)], 0b110_100_000, ["/var/log/audit"],
            Cis("6.2.4.1", 2), Cis("6.2.4.2", 2), Cis("6.2.4.3", 2), CisRedHat("4.1.4.1", 2), CisRedHat("4.1.4.2", 2), CisRedHat("4.1.4.3", 2), Pci("10.3.1")),
        MakeFiles("GK-AUD-008", "Audit rules are root's", guest =>
                [.. guest.Files.Glob("/etc/audit/*.conf").Concat(guest.Files.Glob("/etc/audit/*.rules")).Concat(guest.Files.Glob("/etc/audit/rules.d/*.rules"))
                    .Select(path => guest.Files.Find(path)).OfType<GuestFile>()],
            0b110_100_000, ["/etc/audit/*", "/etc/audit/rules.d/*"],
            Cis("6.2.4.5", 2), Cis("6.2.4.6", 2), Cis("6.2.4.7", 2), CisRedHat("4.1.4.5", 2), CisRedHat("4.1.4.6", 2), CisRedHat("4.1.4.7", 2), Pci("10.3.2")),
        MakeFiles("GK-AUD-009", "Audit tools are root's", guest => [.. Tools.Select(name => guest.Files.Find($"/sbin/{name}")).OfType<GuestFile>()],
            0b111_101_101, [.. Tools.Select(name => $"/sbin/{name}")],
            Cis("6.2.4.8", 2), Cis("6.2.4.9", 2), Cis("6.2.4.10", 2), CisRedHat("4.1.4.8", 2), CisRedHat("4.1.4.9", 2), CisRedHat("4.1.4.10", 2)),
        MakeFiles("GK-AUD-010", "The directory of audit logs is root's", guest => guest.Files.Find("/var/log/audit") is { IsDirectory: true } directory ? [directory] : [],
            0b111_101_000, ["/var/log/audit"], Cis("6.2.4.4", 2), CisRedHat("4.1.4.4", 2), Pci("10.3.1")),
    ];

    private static Check MakeSetting(string id, string title, (string Name, Func<string, bool> IsRight, string Expected)[] settings, params Reference[] references) =>
        new(id, title, Severity.Low, [Compliance], guest =>
        {
            var found = GuestText.Assignments(guest, Daemon);
            var judged = settings.Select(setting => found.TryGetValue(setting.Name, out var value)
                ? (IsRight: setting.IsRight(value.Value.ToLowerInvariant()), Evidence: value.Line.Expect($"{setting.Name} = {setting.Expected}"))
                : (IsRight: false, Evidence: new Evidence(Daemon, null, $"{setting.Name} not set", $"{setting.Name} = {setting.Expected}"))).ToList();
            return Judgement.PassUnless([.. judged.Where(item => !item.IsRight).Select(item => item.Evidence)], [.. judged.Select(item => item.Evidence)]);
        })
        {
            References = references,
            Remediation = $"Set {string.Join(" and ", settings.Select(setting => $"{setting.Name} = {setting.Expected}"))} in {Daemon}.",
            AppliesTo = "guests with auditd",
            Reads = [Daemon],
            Exempts = guest => guest.Files.Exists(Daemon) ? null : "the guest has no auditd",
        };

    private static Check MakeFiles(
        string id, string title, Func<Guest, IReadOnlyList<GuestFile>> find, int maximum, IReadOnlyList<string> reads, params Reference[] references)
    {
        var expected = $"mode {Convert.ToString(maximum, 8).PadLeft(4, '0')} or less, owner root, group root or adm";
        return new Check(id, title, Severity.Low, [Compliance], guest =>
        {
            var files = find(guest);
            var groups = guest.Users.Groups.Where(group => group.Name == "adm").Select(group => group.GroupId).ToList();
            return files.Count == 0
                ? Judgement.NotApplicable("the guest has no such files")
                : Judgement.PassUnless(
                    [.. files.Where(file => file.Exceeds(maximum, groups)).Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))],
                    [.. files.Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))]);
        })
        {
            References = references,
            Remediation = $"chown root:root and chmod {Convert.ToString(maximum, 8).PadLeft(4, '0')} what is named.",
            AppliesTo = "guests with auditd",
            Reads = reads,
        };
    }
}
