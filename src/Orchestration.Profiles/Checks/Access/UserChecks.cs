using Orchestration.Inspection;
using Orchestration.Inspection.Users;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>Accounts: who is root, who may log in, and with what kind of password.</summary>
internal static class UserChecks
{
    private const string Passwd = "/etc/passwd";

    private const string Shadow = "/etc/shadow";

    private const uint FirstRegularUser = 1000;

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-USR-001", "Only root has user id 0", Severity.Critical, [Security, Compliance, Hardening], guest =>
            JudgeUsers(guest, user => user is { UserId: 0, Name: not "root" }, user => $"{user.Name} has user id 0", "only root has it")) with
        {
            References = [Cis("5.4.2.1"), CisLinux("6.2.5"), CisRedHat("6.2.9"), Pci("8.2.1")],
            Remediation = "Give the account an id of its own and sudo rights where it needs them, or remove it.",
        },
        Make("GK-USR-002", "No account has an empty password", Severity.Critical, [Security, Compliance], guest =>
            guest.Users.Users.Any(user => user.Password.State == PasswordState.Unknown) && !guest.Files.Exists(Shadow)
                ? Judgement.NotAssessable($"{Shadow} is missing")
                : JudgeUsers(guest, user => user.Password.State == PasswordState.None, user => $"{user.Name} has an empty password", "a password, or locked", Password), Shadow) with
        {
            References = [Cis("7.2.2"), CisLinux("6.2.1"), CisRedHat("6.2.2"), Pci("2.2.2"), Pci("8.3.1")],
            Remediation = "Lock the account (passwd -l) or give it a password.",
        },
        Make("GK-USR-003", "System accounts have no login shell", Severity.Medium, [Security, Compliance], guest =>
            JudgeUsers(
                guest,
                user => user is { UserId: > 0 and < FirstRegularUser, HasLoginShell: true },
                user => $"{user.Name} ({user.UserId}) has the shell {(user.Shell.Length == 0 ? "/bin/sh" : user.Shell)}",
                "nologin or false")) with
        {
            References = [Cis("5.4.2.7"), CisLinux("5.4.2"), CisRedHat("5.6.2"), Pci("8.6.1")],
            Remediation = "Set the shell to /usr/sbin/nologin (usermod -s).",
        },
        Make("GK-USR-004", "Accounts are counted", Severity.Info, [Security, Hardening], guest =>
            Judgement.Pass(new Evidence(
                Passwd,
                null,
                $"{guest.Users.Users.Count} accounts, {guest.Users.Users.Count(user => user.UserId >= FirstRegularUser && user.UserId != 65534)} of them regular, "
                + $"{guest.Users.Users.Count(user => user.HasLoginShell)} with a login shell",
                "for information"))) with
        {
            Remediation = "Nothing to do.",
        },
        Make("GK-USR-005", "Everybody who may log in has a home directory", Severity.Medium, [Hardening], JudgeHomes) with
        {
            References = [Cis("7.2.9"), CisLinux("6.2.7"), CisRedHat("6.2.10")],
            Remediation = "Make the directory (mkhomedir_helper) or take the login shell away.",
        },
        Make("GK-USR-006", "Passwords are hashed with a strong method", Severity.High, [Security, Compliance], guest =>
            JudgeUsers(
                guest,
                user => user.Password.Algorithm is "des" or "bsdi-des" or "md5" or "sunmd5" or "sha1" or "nt",
                user => $"{user.Name} has a hash of {user.Password.Algorithm}",
                "yescrypt, SHA-512 or as strong",
                Password), Shadow) with
        {
            References = [Cis("5.4.1.4"), CisLinux("5.3.4"), CisRedHat("5.5.4"), Pci("8.3.2")],
            Remediation = "Set ENCRYPT_METHOD to YESCRYPT or SHA512 and have the password set again.",
        },
        Make("GK-USR-007", "No password hash stands in /etc/passwd", Severity.High, [Security, Compliance], guest =>
            JudgeUsers(guest, user => user.Password is { File: Passwd, Algorithm: not null }, user => $"{user.Name} has its hash there", "x")) with
        {
            References = [Cis("7.2.1"), CisRedHat("6.2.1")],
            Remediation = "Move the hashes to /etc/shadow (pwconv).",
        },
        Make("GK-USR-008", "Names and numbers of users and groups are unique", Severity.Medium, [Compliance], JudgeDuplicates, "/etc/group") with
        {
            References =
            [
                Cis("7.2.5"), CisLinux("6.2.16"), Cis("7.2.6"), CisLinux("6.2.17"), Cis("7.2.7"), CisLinux("6.2.18"), Cis("7.2.8"), CisLinux("6.2.19"),
                CisRedHat("6.2.4"), CisRedHat("6.2.5"), CisRedHat("6.2.6"), CisRedHat("6.2.7"), Pci("8.2.1"),
            ],
            Remediation = "Give each account and group a name and a number of its own.",
        },
        Make("GK-USR-009", "sudo asks for a password", Severity.Medium, [Security, Compliance], guest =>
            Judgement.PassUnless(
                [.. guest.Users.SudoRules.Where(rule => rule.NoPassword).Select(rule => new Evidence(rule.File, rule.Line, $"{rule.Who} {rule.Rule}", "no NOPASSWD"))],
                new Evidence("/etc/sudoers", null, $"{guest.Users.SudoRules.Count} rules, none with NOPASSWD", "no NOPASSWD")), "/etc/sudoers") with
        {
            References = [Cis("5.2.4", 2), CisRedHat("5.3.4", 2)],
            Remediation = "Remove the tag NOPASSWD from the rule.",
            Exempts = guest => guest.Users.SudoRules.Count > 0 ? null : "no sudo rules are there",
        },
    ];

    private static Check Make(
        string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate, params string[] files) =>
        new(id, title, severity, profiles, evaluate)
        {
            Remediation = "",
            RestsOn = guest => [guest.Users],
            Files = [Passwd, .. files],
            Exempts = guest => guest.Users.Users.Count > 0 ? null : "the guest has no accounts",
        };

    private static Evidence? Password(User user, string found, string expected) => new(user.Password.File, user.Password.Line, found, expected);

    private static Judgement JudgeUsers(
        Guest guest, Func<User, bool> isWrong, Func<User, string> describe, string expected, Func<User, string, string, Evidence?>? locate = null) =>
        Judgement.PassUnless(
            [.. guest.Users.Users.Where(isWrong).Select(user =>
                locate?.Invoke(user, describe(user), expected) ?? new Evidence(Passwd, user.Line, describe(user), expected))],
            new Evidence(Passwd, null, $"{guest.Users.Users.Count} accounts, none such", expected));

    private static Judgement JudgeHomes(Guest guest)
    {
        var people = guest.Users.Users.Where(user => user.HasLoginShell && user.UserId is >= FirstRegularUser and not 65534).ToList();
        return Judgement.PassUnless(
            [.. people.Where(user => user.Home.Length == 0 || guest.Files.Find(user.Home) is not { IsDirectory: true })
                .Select(user => new Evidence(Passwd, user.Line, $"{user.Name} has the home '{user.Home}', which is no directory", "an existing directory"))],
            new Evidence(Passwd, null, $"{people.Count} accounts of people, all with a home", "an existing directory"));
    }

    private static Judgement JudgeDuplicates(Guest guest)
    {
        static IEnumerable<Evidence> Repeated<TItem, TKey>(IEnumerable<TItem> items, Func<TItem, TKey> key, Func<TItem, string> name, string file, string what) =>
            items.GroupBy(key).Where(group => group.Count() > 1)
                .Select(group => new Evidence(file, null, $"{what} {group.Key} is used by {string.Join(", ", group.Select(name))}", "used once"));

        return Judgement.PassUnless(
        [
            .. Repeated(guest.Users.Users, user => user.UserId, user => user.Name, Passwd, "user id"),
            .. Repeated(guest.Users.Users, user => user.Name, user => $"line {user.Line}", Passwd, "user name"),
            .. Repeated(guest.Users.Groups, group => group.GroupId, group => group.Name, "/etc/group", "group id"),
            .. Repeated(guest.Users.Groups, group => group.Name, group => $"id {group.GroupId}", "/etc/group", "group name"),
        ]);
    }
}
