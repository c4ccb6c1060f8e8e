using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class RecordExamples
{
    private const string Settings =
        "max_log_file = 8\nmax_log_file_action = keep_logs\ndisk_full_action = HALT\ndisk_error_action = SYSLOG\nspace_left_action = EMAIL\nadmin_space_left_action = single\n";

    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Journal("GK-LOG-001", "Storage=persistent", "Storage=volatile"),
        new("GK-LOG-002", new GuestBuilder().File("/etc/rsyslog.conf", "*.* @@logs.example.com\n"), new GuestBuilder().File("/etc/rsyslog.conf", "*.* /var/log/all\n")),
        Journal("GK-LOG-003", "Compress=yes", "Compress=no"),
        Journal("GK-LOG-004", "Storage=persistent", "Storage=volatile"),
        Rsyslog("GK-LOG-005", "$FileCreateMode 0640", "$FileCreateMode 0644"),
        Rsyslog("GK-LOG-006", "*.* /var/log/all", "module(load=\"imudp\")"),
        new("GK-LOG-007", Booted().Unit("systemd-journal-remote.socket"), Booted().EnabledUnit("systemd-journal-remote.socket", "sockets.target")),

        new("GK-AUD-001", new GuestBuilder().Packages("auditd"), new GuestBuilder().Packages("bash")),
        new("GK-AUD-002", Booted().EnabledUnit("auditd.service"), Booted()),
        Setting("GK-AUD-003", "max_log_file ="),
        Setting("GK-AUD-004", "keep_logs"),
        Setting("GK-AUD-005", "HALT"),
        Setting("GK-AUD-006", "EMAIL"),
        Mode("GK-AUD-007", "/var/log/audit/audit.log", 600, 644),
        Mode("GK-AUD-008", "/etc/audit/rules.d/site.rules", 640, 644),
        Mode("GK-AUD-009", "/sbin/auditctl", 755, 775),
        new("GK-AUD-010", new GuestBuilder().Directory("/var/log/audit", 750), new GuestBuilder().Directory("/var/log/audit", 755)),
        Watch("GK-AUD-020", "/etc/sudoers", "/etc/sudoers.d"),
        Call("GK-AUD-021", "-C euid!=uid -F auid!=unset -S execve"),
        Rules("GK-AUD-022", Watches("/etc/localtime") + Calls("-S adjtimex,settimeofday,clock_settime")),
        Rules("GK-AUD-023", Watches("/etc/issue", "/etc/issue.net", "/etc/hosts") + Calls("-S sethostname -S setdomainname")),
        Call("GK-AUD-024", "-S creat,open,openat,truncate,ftruncate -F exit=-EACCES"),
        Watch("GK-AUD-025", "/etc/group", "/etc/passwd", "/etc/gshadow", "/etc/shadow", "/etc/security/opasswd"),
        Call("GK-AUD-026", "-S chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr"),
        Call("GK-AUD-027", "-S mount"),
        Watch("GK-AUD-028", "/var/run/utmp", "/var/log/wtmp", "/var/log/btmp"),
        Watch("GK-AUD-029", "/var/log/lastlog", "/var/run/faillock"),
        Call("GK-AUD-030", "-S unlink,unlinkat,rename,renameat"),
        Program("GK-AUD-031", "/usr/bin/chcon"),
        Program("GK-AUD-032", "/usr/bin/setfacl"),
        Program("GK-AUD-033", "/usr/bin/chacl"),
        Program("GK-AUD-034", "/usr/sbin/usermod"),
        Rules("GK-AUD-035", "-a always,exit -F path=/usr/bin/kmod -F perm=x\n" + Calls("-S init_module,finit_module,delete_module")),
        new("GK-AUD-036", WithRules("-w /etc/passwd -p wa\n").File("/etc/audit/rules.d/99-end.rules", "-e 2\n"), WithRules("-e 2\n-w /etc/passwd -p wa\n")),
    ];

    private static CheckExample Journal(string id, string passes, string fails) => new(
        id, Booted().File("/etc/systemd/journald.conf", $"[Journal]\n{passes}\n"), Booted().File("/etc/systemd/journald.conf", $"[Journal]\n{fails}\n"));

    private static CheckExample Rsyslog(string id, string passes, string fails) =>
        new(id, new GuestBuilder().File("/etc/rsyslog.conf").File("/etc/rsyslog.d/site.conf", passes + "\n"), new GuestBuilder().File("/etc/rsyslog.conf", fails + "\n"));

    private static CheckExample Setting(string id, string without) => new(
        id,
        new GuestBuilder().File("/etc/audit/auditd.conf", Settings),
        new GuestBuilder().File("/etc/audit/auditd.conf", string.Concat(Settings.Split('\n').Where(line => !line.Contains(without, StringComparison.Ordinal)).Select(line => line + "\n"))));

    private static CheckExample Mode(string id, string path, int right, int wrong) => new(id, new GuestBuilder().File(path, "", right), new GuestBuilder().File(path, "", wrong));

    private static CheckExample Watch(string id, params string[] paths) => new(id, WithRules(Watches(paths)), WithRules(Watches(paths[..^1])));

    private static CheckExample Program(string id, string path) => new(id, WithRules($"-a always,exit -F path={path} -F perm=x -k perm_chng\n"), WithRules($"#-w {path} -p x\n"));

    private static CheckExample Call(string id, string rule) => new(id, WithRules(Calls(rule)), WithRules($"-a always,exit -F arch=b64 {rule}\n"));

    private static CheckExample Rules(string id, string rules) => new(id, WithRules(rules), WithRules(string.Concat(rules.Split('\n')[1..].Select(line => line + "\n"))));

    private static string Watches(params string[] paths) => string.Concat(paths.Select(path => $"-w {path} -p wa -k site\n"));

    private static string Calls(string rule) => $"-a always,exit -F arch=b64 {rule}\n-a always,exit -F arch=b32 {rule}\n";

    private static GuestBuilder WithRules(string rules) => new GuestBuilder().File("/etc/audit/rules.d/50-site.rules", rules);
}
