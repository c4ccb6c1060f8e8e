using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Files;

/// <summary>Modes and owners of the files that everything rests on, from their inodes.</summary>
internal static class FilePermissionChecks
{
    private static readonly string[] Credentials =
        [".aws/credentials", ".azure/accessTokens.json", ".azure/msal_token_cache.json", ".config/gcloud/credentials.db", ".kube/config", ".docker/config.json"];

    // login(1) and last(1) make these for everybody to read.
    private static readonly string[] OpenLogs = ["wtmp", "lastlog", "README"];

    private const string Remedy = "chown and chmod the files to what is expected.";

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeFiles("GK-FILE-001", "Only root can write the user list", Severity.High, 0b110_100_100, "root", "/etc/passwd", "/etc/passwd-") with
        {
            References = [Cis("7.1.1"), CisLinux("6.1.2"), Cis("7.1.2"), CisLinux("6.1.6"), CisRedHat("6.1.1"), CisRedHat("6.1.2"), Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-002", "Only root can write the group list", Severity.High, 0b110_100_100, "root", "/etc/group", "/etc/group-") with
        {
            References = [Cis("7.1.3"), CisLinux("6.1.4"), Cis("7.1.4"), CisLinux("6.1.8"), CisRedHat("6.1.3"), CisRedHat("6.1.4"), Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-003", "Password hashes are closed to others", Severity.Critical, 0b110_100_000, "shadow", "/etc/shadow", "/etc/shadow-") with
        {
            References = [Cis("7.1.5"), CisLinux("6.1.3"), Cis("7.1.6"), CisLinux("6.1.7"), CisRedHat("6.1.5"), CisRedHat("6.1.6"), Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-004", "Group password hashes are closed to others", Severity.Critical, 0b110_100_000, "shadow", "/etc/gshadow", "/etc/gshadow-") with
        {
            References = [Cis("7.1.7"), CisLinux("6.1.5"), Cis("7.1.8"), CisLinux("6.1.9"), CisRedHat("6.1.7"), CisRedHat("6.1.8"), Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-005", "Only root can write the rules of sudo", Severity.High, 0b110_100_000, "root", "/etc/sudoers"),
        MakeFiles("GK-FILE-006", "Only root can see or change what cron runs for the system", Severity.Medium, 0b111_000_000, "root",
            "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly") with
        {
            References =
            [
                Cis("2.4.1.2"), CisLinux("5.1.2"), Cis("2.4.1.3"), CisLinux("5.1.3"), Cis("2.4.1.4"), CisLinux("5.1.4"), Cis("2.4.1.5"), CisLinux("5.1.5"), Cis("2.4.1.6"), CisLinux("5.1.6"), Cis("2.4.1.7"), CisLinux("5.1.7"),
                CisRedHat("5.1.2"), CisRedHat("5.1.3"), CisRedHat("5.1.4"), CisRedHat("5.1.5"), CisRedHat("5.1.6"), CisRedHat("5.1.7"), Pci("2.2.6"),
            ],
        },
        MakeFiles("GK-FILE-009", "Only root can change the list of shells", Severity.Low, 0b110_100_100, "root", "/etc/shells") with
        {
            References = [Cis("7.1.9")],
        },
        MakeFiles("GK-FILE-010", "Old password hashes are closed to others", Severity.High, 0b110_000_000, "root", "/etc/security/opasswd", "/etc/security/opasswd.old") with
        {
            References = [Cis("7.1.10")],
        },
        MakeAllowList("GK-FILE-011", "Named people only may use cron", "/etc/crontab", "/etc/cron.allow", "/etc/cron.deny", Cis("2.4.1.8"), CisLinux("5.1.8"), CisRedHat("5.1.8"), Pci("2.2.6")),
        MakeAllowList("GK-FILE-012", "Named people only may use at", "/usr/bin/at", "/etc/at.allow", "/etc/at.deny", Cis("2.4.2.1"), CisLinux("5.1.8"), CisRedHat("5.1.9"), Pci("2.2.6")),
        new("GK-FILE-013", "Logs are closed to others", Severity.Medium, [Compliance], JudgeLogs)
        {
            References = [Cis("6.1.4.1"), CisLinux("4.2.3"), CisRedHat("4.2.3"), Pci("10.3.1")],
            Remediation = "chmod o-rwx,g-wx the files in /var/log, and set the mode that their writer makes new ones with.",
            Reads = ["/var/log/*"],
        },
        new("GK-FILE-014", "Root's home is closed to others", Severity.Medium, [Hardening, Security], guest =>
            guest.Files.Find("/root") is { IsDirectory: true } home
                ? Judgement.PassWhen(!home.Exceeds(0b111_101_000), new Evidence("/root", null, Judgement.DescribeAccess(home), "mode 0750 or less, owner 0:0"))
                : Judgement.NotApplicable("the guest has no /root"))
        {
            Remediation = "chown root:root and chmod 0700 /root.",
            Reads = ["/root"],
        },
        new("GK-FILE-015", "No credentials of clouds lie in home directories", Severity.High, [Security], JudgeCredentials)
        {
            Remediation = "Remove the file and revoke what it holds; give the machine an identity of its own in the cloud.",
            Reads = [.. Credentials.SelectMany(name => new[] { $"/root/{name}", $"/home/*/{name}" })],
        },
        new("GK-FILE-007", "Directories that everybody can write are sticky", Severity.Medium, [Hardening, Security], JudgeSticky)
        {
            Remediation = "chmod 1777 the directory, so that nobody can remove another's files.",
        },
        new("GK-FILE-008", "Home directories are closed to others", Severity.Medium, [Compliance, Hardening], JudgeHomes)
        {
            References = [Cis("7.2.9"), CisLinux("6.2.8"), CisLinux("6.2.9"), CisRedHat("6.2.11"), CisRedHat("6.2.12")],
            Remediation = "chmod 0750 the home directory and chown it to its user.",
            RestsOn = guest => [guest.Users],
            Files = ["/etc/passwd"],
        },
    ];

    private static Check MakeFiles(string id, string title, Severity severity, int maximum, string group, params string[] paths) =>
        new(id, title, severity, [Compliance, Security], guest => JudgeFiles(guest, maximum, group, paths)) { Remediation = Remedy };

    private static Judgement JudgeFiles(Guest guest, int maximum, string groupName, string[] paths)
    {
        var files = paths.Select(path => guest.Files.Find(path)).OfType<GuestFile>().ToList();
        if (files.Count == 0)
        {
            return Judgement.NotApplicable($"the guest has no {paths[0]}");
        }

        var group = guest.Users.Groups.FirstOrDefault(candidate => candidate.Name == groupName)?.GroupId ?? 0;
        var expected = $"mode {Convert.ToString(maximum, 8).PadLeft(4, '0')} or less, owner root:{groupName}{(groupName == "root" ? "" : " or root:root")}";
        return Judgement.PassUnless(
            [.. files.Where(file => (file.Permissions & ~maximum) != 0 || file.UserId != 0 || (file.GroupId != 0 && file.GroupId != group))
                .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))],
            [.. files.Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), expected))]);
    }

    private static Judgement JudgeSticky(Guest guest)
    {
        const int WritableByOthers = 0b010;
        const int Sticky = 1 << 9;
        var directories = new[] { "/tmp", "/var/tmp", "/dev/shm", "/srv", "/opt", "/home", "/var", "/etc", "/usr", "/usr/bin", "/usr/local/bin" }
            .Select(path => guest.Files.Find(path)).OfType<GuestFile>().Where(file => file.IsDirectory).ToList();
        return Judgement.PassUnless(
            [.. directories.Where(file => (file.Permissions & WritableByOthers) != 0 && (file.Permissions & Sticky) == 0)
                .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), "sticky (1777), or not writable by others"))],
            [.. directories.Where(file => (file.Permissions & WritableByOthers) != 0)
                .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), "sticky (1777), or not writable by others"))]);
    }

    private static Judgement JudgeHomes(Guest guest)
    {
        const string Expected = "mode 0750 or less, owned by its user";
        var homes = (from user in guest.Users.Users
                     where user is { HasLoginShell: true, UserId: >= 1000 and not 65534, Home.Length: > 1 }
                     let home = guest.Files.Find(user.Home)
                     where home is { IsDirectory: true }
                     select (user, home)).ToList();
        return homes.Count == 0
            ? Judgement.NotApplicable("nobody has a home directory")
            : Judgement.PassUnless(
                [.. homes.Where(item => (item.home.Permissions & 0b000_010_111) != 0 || item.home.UserId != item.user.UserId)
                    .Select(item => new Evidence(item.home.Path, null, Judgement.DescribeAccess(item.home), Expected))],
                [.. homes.Select(item => new Evidence(item.home.Path, null, Judgement.DescribeAccess(item.home), Expected))]);
    }

    /// <summary>With an allow list nobody else may; without one, and without a deny list, only root.</summary>
    private static Check MakeAllowList(string id, string title, string program, string allow, string deny, params Reference[] references) =>
        new(id, title, Severity.Low, [Compliance], guest =>
        {
            const string Expected = "an allow list of root's, mode 0640 or less, and no deny list";
            List<Evidence> wrong = guest.Files.Exists(deny) ? [new Evidence(deny, null, "there", Expected)] : [];
            var list = guest.Files.Find(allow);
            if (list is null || list.Exceeds(0b110_100_000, guest.Users.Groups.Where(group => group.Name is "crontab" or "daemon").Select(group => group.GroupId)))
            {
                wrong.Add(new Evidence(allow, null, list is null ? "not there" : Judgement.DescribeAccess(list), Expected));
            }

            return Judgement.PassUnless(wrong, new Evidence(allow, null, list is null ? "" : Judgement.DescribeAccess(list), Expected));
        })
        {
            References = references,
            Remediation = $"Make {allow} with the names of those who may, owned by root with mode 0640, and remove {deny}.",
            AppliesTo = $"guests with {program}",
            Reads = [program, allow, deny],
            Exempts = guest => guest.Files.Exists(program) ? null : $"the guest has no {program}",
        };

    private static Judgement JudgeLogs(Guest guest)
    {
        const string Expected = "mode 0640 or less";
        var logs = guest.Files.List("/var/log").Where(file => file.IsRegular && !OpenLogs.Contains(file.Name.Split('.')[0])).ToList();
        return logs.Count == 0
            ? Judgement.NotApplicable("the guest has no logs yet")
            : Judgement.PassUnless(
                [.. logs.Where(file => (file.Permissions & 0b000_011_111) != 0 && file.Name.Split('.')[0] != "btmp" || (file.Permissions & 0b111) != 0)
                    .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), Expected))],
                new Evidence("/var/log", null, $"{logs.Count} files, all closed to others", Expected));
    }

    private static Judgement JudgeCredentials(Guest guest) => Judgement.PassUnless(
        [
            .. from home in guest.Files.Glob("/home/*").Append("/root")
               from name in Credentials
               where guest.Files.Exists($"{home}/{name}")
               select new Evidence($"{home}/{name}", null, "there", "not there"),
        ],
        new Evidence(null, null, $"none of {string.Join(", ", Credentials)}", "not there"));
}
