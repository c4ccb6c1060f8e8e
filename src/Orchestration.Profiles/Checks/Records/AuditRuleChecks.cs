using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Records;

/// <summary>What the audit rules record.</summary>
internal static class AuditRuleChecks
{
    private static readonly string[] ChangeModes =
    [
        "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
        "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-AUD-020", "changes of the rules of sudo", ["/etc/sudoers", "/etc/sudoers.d"], [], 1),
        Make("GK-AUD-021", "programs run as another user", [], ["execve"], 2, "euid!=uid"),
        Make("GK-AUD-022", "changes of the time", ["/etc/localtime"], ["adjtimex", "settimeofday", "clock_settime"], 4),
        Make("GK-AUD-023", "changes of the network's names", ["/etc/issue", "/etc/issue.net", "/etc/hosts"], ["sethostname", "setdomainname"], 5),
        Make("GK-AUD-024", "files that were denied", [], ["creat", "open", "openat", "truncate", "ftruncate"], 7, "exit=-EACCES"),
        Make("GK-AUD-025", "changes of users and groups", ["/etc/group", "/etc/passwd", "/etc/gshadow", "/etc/shadow", "/etc/security/opasswd"], [], 8),
        Make("GK-AUD-026", "changes of permissions and owners", [], ChangeModes, 9),
        Make("GK-AUD-027", "mounts", [], ["mount"], 10),
        Make("GK-AUD-028", "sessions", ["/var/run/utmp", "/var/log/wtmp", "/var/log/btmp"], [], 11),
        Make("GK-AUD-029", "logins", ["/var/log/lastlog", "/var/run/faillock"], [], 12),
        Make("GK-AUD-030", "removed and renamed files", [], ["unlink", "unlinkat", "rename", "renameat"], 13),
        Make("GK-AUD-031", "uses of chcon", ["/usr/bin/chcon"], [], 15),
        Make("GK-AUD-032", "uses of setfacl", ["/usr/bin/setfacl"], [], 16),
        Make("GK-AUD-033", "uses of chacl", ["/usr/bin/chacl"], [], 17),
        Make("GK-AUD-034", "uses of usermod", ["/usr/sbin/usermod"], [], 18),
        Make("GK-AUD-035", "kernel modules that are loaded and removed", ["/usr/bin/kmod"], ["init_module", "finit_module", "delete_module"], 19),
        Make("GK-AUD-036", "The rules of the audit cannot be changed until the next boot", guest =>
        {
            var rules = AuditRules.Read(guest).Lines;
            const string Expected = "-e 2 as the last rule";
            return rules is [.., var last]
                ? Judgement.PassWhen(last.Words is ["-e", "2"], last.Expect(Expected))
                : Judgement.Fail(new Evidence(AuditRules.Paths[0], null, "no rules", Expected));
        }) with
        {
            References = [Cis("6.2.3.20", 2), CisLinux("4.1.17", 2), CisRedHat("4.1.3.20", 2), Pci("10.3.2")],
            Remediation = "Write '-e 2' into a file of /etc/audit/rules.d that sorts last.",
        },
    ];

    /// <param name="id">The check's id.</param>
    /// <param name="what">What is recorded.</param>
    /// <param name="watches">Paths whose changes must be watched.</param>
    /// <param name="calls">System calls that must be recorded, for both word sizes.</param>
    /// <param name="number">The last part of the section, which both CIS benchmarks number alike.</param>
    /// <param name="field">A field that the rules of the calls must have.</param>
    private static Check Make(string id, string what, string[] watches, string[] calls, int number, string? field = null) =>
        Make(id, $"The audit records {what}", guest => Judge(guest, watches, calls, field)) with
        {
            References = [Cis($"6.2.3.{number}", 2), CisRedHat($"4.1.3.{number}", 2), Pci("10.2.1")],
            Remediation = "Add rules to a file in /etc/audit/rules.d: "
                + string.Join("; ", ((string?[])
                [
                    watches.Length == 0 ? null : $"-w {string.Join(" -p wa, -w ", watches)} -p wa",
                    calls.Length == 0 ? null : $"-a always,exit for b32 and b64 with -S {string.Join(',', calls)}{(field is null ? "" : $" and {field}")}",
                ]).Where(part => part is not null)) + ".",
        };

    private static Check Make(string id, string title, Func<Guest, Judgement> evaluate) => new(id, title, Severity.Low, [Compliance], evaluate)
    {
        Remediation = "",
        AppliesTo = "guests with auditd",
        Reads = AuditRules.Paths,
        Exempts = guest => guest.Files.Exists("/etc/audit") ? null : "the guest has no auditd",
    };

    private static Judgement Judge(Guest guest, string[] watches, string[] calls, string? field)
    {
        var rules = AuditRules.Read(guest);
        var right = new List<Evidence>();
        var wrong = new List<Evidence>();
        void Add(GuestLine? rule, string expected)
        {
            if (rule is { } found)
            {
                right.Add(found.Expect(expected));
            }
            else
            {
                wrong.Add(new Evidence("/etc/audit/rules.d", null, "no such rule", expected));
            }
        }

        foreach (var path in watches)
        {
            Add(rules.FindWatch(path), $"a watch of {path}");
        }

        foreach (var (call, architecture) in calls.SelectMany(call => new[] { (call, "b64"), (call, "b32") }))
        {
            Add(rules.FindCall(call, architecture, field is null ? [] : [field]), $"a rule for {call} on {architecture}{(field is null ? "" : $" with {field}")}");
        }

        return Judgement.PassUnless(wrong, right);
    }
}
