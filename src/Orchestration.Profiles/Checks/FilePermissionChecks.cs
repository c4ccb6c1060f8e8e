using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks;

/// <summary>Modes and owners of the files that everything rests on, from their inodes.</summary>
internal static class FilePermissionChecks
{
    private const string Remedy = "chown and chmod the files to what is expected.";

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeFiles("GK-FILE-001", "Only root can write the user list", Severity.High, 0b110_100_100, "root", "/etc/passwd", "/etc/passwd-") with
        {
            References = [Cis("7.1.1"), Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-002", "Only root can write the group list", Severity.High, 0b110_100_100, "root", "/etc/group", "/etc/group-") with
        {
            References = [Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-003", "Password hashes are closed to others", Severity.Critical, 0b110_100_000, "shadow", "/etc/shadow", "/etc/shadow-") with
        {
            References = [Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-004", "Group password hashes are closed to others", Severity.Critical, 0b110_100_000, "shadow", "/etc/gshadow", "/etc/gshadow-") with
        {
            References = [Pci("2.2.6")],
        },
        MakeFiles("GK-FILE-005", "Only root can write the rules of sudo", Severity.High, 0b110_100_000, "root", "/etc/sudoers"),
        MakeFiles("GK-FILE-006", "Only root can see or change what cron runs for the system", Severity.Medium, 0b111_000_000, "root",
            "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly") with
        {
            References = [Pci("2.2.6")],
        },
        new("GK-FILE-007", "Directories that everybody can write are sticky", Severity.Medium, [Hardening, Security], JudgeSticky)
        {
            Remediation = "chmod 1777 the directory, so that nobody can remove another's files.",
        },
        new("GK-FILE-008", "Home directories are closed to others", Severity.Medium, [Compliance, Hardening], JudgeHomes)
        {
            References = [Cis("7.2.9")],
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
}
