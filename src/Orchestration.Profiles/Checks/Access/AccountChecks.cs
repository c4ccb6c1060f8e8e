using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Users;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>How accounts, groups and what lies in home directories fit together.</summary>
internal static partial class AccountChecks
{
    private const string Passwd = "/etc/passwd";

    private const string Group = "/etc/group";

    private static readonly string[] ShellFiles = ["/etc/profile", "/etc/profile.d/*.sh", "/etc/bash.bashrc", "/etc/bashrc"];

    private static readonly string[] TrustFiles = [".rhosts", ".shosts", ".netrc", ".forward"];

    // Red Hat's own accounts of these names have root's group; they start one program each.
    private static readonly string[] WithRootGroup = ["root", "sync", "shutdown", "halt", "operator"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-USR-010", "Only root's account has root's group", Severity.Medium, guest => Object(
            guest.Users.Users.Where(user => user.GroupId == 0 && !WithRootGroup.Contains(user.Name)), user => $"{user.Name} has group id 0", "only root has it")) with
        {
            References = [Cis("5.4.2.2"), CisLinux("5.4.3")],
            Remediation = "Give the account a group of its own (usermod -g).",
        },
        Make("GK-USR-011", "Only the group root has group id 0", Severity.Medium, guest => Judgement.PassUnless(
            [.. guest.Users.Groups.Where(group => group.GroupId == 0 && group.Name != "root")
                .Select(group => new Evidence(Group, null, $"{group.Name} has group id 0", "only root has it"))],
            new Evidence(Group, null, "none but root", "only root has it")), Group) with
        {
            References = [Cis("5.4.2.3")],
            Remediation = "Give the group an id of its own (groupmod -g).",
        },
        Make("GK-USR-012", "Root's account has a password or is locked", Severity.High, guest =>
            guest.Users.Users.FirstOrDefault(user => user.Name == "root") is { Password.State: not PasswordState.Unknown } root
                ? Judgement.PassWhen(root.Password.State is PasswordState.Set or PasswordState.Locked, new Evidence(
                    root.Password.File, root.Password.Line, $"root's password: {root.Password.State.ToString().ToLowerInvariant()}", "set or locked"))
                : Judgement.NotAssessable("root's password is not known"), "/etc/shadow") with
        {
            References = [Cis("5.4.2.4")],
            Remediation = "Set a password (passwd root) or lock it (usermod -L root).",
        },
        Make("GK-USR-013", "Accounts without a login shell have no password", Severity.Low, guest => Object(
            guest.Users.Users.Where(user => user is { HasLoginShell: false, Name: not "root", Password.State: PasswordState.Set or PasswordState.None }),
            user => $"{user.Name} has no login shell and is not locked", "locked"), "/etc/shadow") with
        {
            References = [Cis("5.4.2.8")],
            Remediation = "Lock the account (usermod -L).",
        },
        Make("GK-USR-014", "Every account's group exists", Severity.Low, guest => Object(
            guest.Users.Users.Where(user => guest.Users.Groups.All(group => group.GroupId != user.GroupId)),
            user => $"{user.Name} has the group id {user.GroupId}, which no group has", "a group of /etc/group"), Group) with
        {
            References = [Cis("7.2.3"), CisLinux("6.2.15"), CisRedHat("6.2.3")],
            Remediation = "Make the group (groupadd -g) or give the account another.",
        },
        Make("GK-USR-015", "Nobody is in the group that may read password hashes", Severity.High, JudgeShadowGroup, Group) with
        {
            References = [Cis("7.2.4"), CisLinux("6.2.20")],
            Remediation = "Remove the accounts from the group shadow.",
        },
        Make("GK-USR-016", "Accounts close soon after their password expired", Severity.Low, JudgeInactivity, "/etc/shadow") with
        {
            References = [Cis("5.4.1.5")],
            Remediation = "useradd -D -f 45, and chage --inactive 45 for every existing account with a password.",
            Reads = ["/etc/default/useradd"],
        },
        new("GK-USR-017", "No password was changed in the future", Severity.Medium, [Compliance], JudgeLastChange)
        {
            References = [Cis("5.4.1.6"), CisLinux("5.4.1.5"), CisRedHat("5.6.1.5")],
            Remediation = "Find out why the clock was wrong, and have the password set again.",
            AppliesTo = "guests with accounts",
            RestsOn = guest => [guest.Users],
            Files = [Passwd, "/etc/shadow"],
            Exempts = Accountless,
        },
        Make("GK-USR-018", "No file in a home directory gives trust or passwords away", Severity.Medium, guest => Judgement.PassUnless(
            [
                .. from user in guest.Users.Users
                   where user.HasLoginShell && user.Home.Length > 1
                   from name in TrustFiles
                   where guest.Files.Exists($"{user.Home}/{name}")
                   select new Evidence($"{user.Home}/{name}", null, $"{user.Name} has {name}", "not there"),
            ],
            new Evidence(Passwd, null, $"no {string.Join(", ", TrustFiles)} in any home directory", "not there"))) with
        {
            References = [Cis("7.2.10"), CisLinux("6.2.11"), CisLinux("6.2.12"), CisLinux("6.2.14"), CisRedHat("6.2.13"), CisRedHat("6.2.14"), CisRedHat("6.2.15")],
            Remediation = "Remove the file; use keys in place of trusted hosts and stored passwords.",
            Reads = [.. TrustFiles.SelectMany(name => new[] { $"/root/{name}", $"/home/*/{name}" })],
        },
        Make("GK-USR-019", "No account comes from a network's list without authentication", Severity.High, guest => Judgement.PassUnless(
            [.. GuestText.Lines(guest, Passwd, "/etc/shadow", Group).Where(line => line.Text.StartsWith('+')).Select(line => line.Expect("no line that begins with +"))],
            new Evidence(Passwd, null, "no line begins with +", "no line that begins with +")), Group) with
        {
            Remediation = "Remove the line; name network accounts in /etc/nsswitch.conf.",
        },
        Make("GK-USR-020", "nologin is not offered as a shell", Severity.Low, guest => Judgement.PassUnless(
            [.. GuestText.Lines(guest, "/etc/shells").Where(line => line.Text.EndsWith("/nologin", StringComparison.Ordinal)).Select(line => line.Expect("not listed"))],
            new Evidence("/etc/shells", null, "nologin is not listed", "not listed"))) with
        {
            References = [Cis("5.4.3.1", 2)],
            Remediation = "Remove the line from /etc/shells.",
            Reads = ["/etc/shells"],
        },
        Make("GK-USR-021", "Idle shells end", Severity.Low, JudgeTimeout) with
        {
            References = [Cis("5.4.3.2"), CisLinux("5.4.5", 2), CisRedHat("5.6.3")],
            Remediation = "Write 'readonly TMOUT=900; export TMOUT' into a file in /etc/profile.d.",
            Reads = ShellFiles,
        },
        Make("GK-USR-022", "No host is trusted in place of its users", Severity.High, guest => Judgement.PassUnless(
            [.. new[] { "/etc/hosts.equiv", "/etc/shosts.equiv", "/etc/ssh/shosts.equiv" }.Where(guest.Files.Exists)
                .Select(path => new Evidence(path, null, "there", "not there"))],
            new Evidence("/etc/hosts.equiv", null, "not there", "not there"))) with
        {
            Remediation = "Remove the file.",
            Reads = ["/etc/hosts.equiv", "/etc/shosts.equiv", "/etc/ssh/shosts.equiv"],
        },
    ];

    private static Check Make(string id, string title, Severity severity, Func<Guest, Judgement> evaluate, params string[] files) =>
        new(id, title, severity, severity >= Severity.High ? [Compliance, Security] : [Compliance], evaluate)
        {
            Remediation = "",
            AppliesTo = "guests with accounts",
            RestsOn = guest => [guest.Users],
            Files = [Passwd, .. files],
            Exempts = Accountless,
        };

    private static string? Accountless(Guest guest) => guest.Users.Users.Count > 0 ? null : "the guest has no accounts";

    private static Judgement Object(IEnumerable<User> users, Func<User, string> describe, string expected) => Judgement.PassUnless(
        [.. users.Select(user => new Evidence(Passwd, user.Line, describe(user), expected))], new Evidence(Passwd, null, "no such account", expected));

    private static Judgement JudgeShadowGroup(Guest guest)
    {
        if (guest.Users.Groups.FirstOrDefault(group => group.Name == "shadow") is not { } shadow)
        {
            return Judgement.NotApplicable("the guest has no group shadow");
        }

        return Judgement.PassUnless(
            [
                .. shadow.Members.Select(member => new Evidence(Group, null, $"{member} is in the group shadow", "empty")),
                .. guest.Users.Users.Where(user => user.GroupId == shadow.GroupId)
                    .Select(user => new Evidence(Passwd, user.Line, $"{user.Name} has the group shadow", "empty")),
            ],
            new Evidence(Group, null, "the group shadow is empty", "empty"));
    }

    private static Judgement JudgeInactivity(Guest guest)
    {
        const string Expected = "between 0 and 45 days";
        var setting = GuestText.Assignments(guest, "/etc/default/useradd").GetValueOrDefault("INACTIVE");
        var days = int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;
        var definition = setting.Value is null
            ? new Evidence("/etc/default/useradd", null, "INACTIVE not set (never)", Expected)
            : setting.Line.Expect(Expected);
        return Judgement.PassUnless(
            [
                .. days is >= 0 and <= 45 ? Array.Empty<Evidence>() : [definition],
                .. from user in guest.Users.Users
                   where user.Password.State == PasswordState.Set && user.Ageing?.InactiveDays is not (>= 0 and <= 45)
                   select new Evidence(user.Password.File, user.Password.Line,
                       $"{user.Name}: {user.Ageing?.InactiveDays?.ToString(CultureInfo.InvariantCulture) ?? "never"}", Expected),
            ],
            definition);
    }

    private static Judgement JudgeLastChange(Guest guest, DateOnly today)
    {
        var expected = $"not after {today:yyyy-MM-dd}";
        return Judgement.PassUnless(
            [.. guest.Users.Users.Where(user => user.Ageing?.LastChange > today)
                .Select(user => new Evidence(user.Password.File, user.Password.Line, $"{user.Name}: {user.Ageing?.LastChange:yyyy-MM-dd}", expected))],
            new Evidence("/etc/shadow", null, "no such account", expected));
    }

    private static Judgement JudgeTimeout(Guest guest)
    {
        const string Expected = "TMOUT between 1 and 900";
        var last = GuestText.Lines(guest, ShellFiles).Select(line => (Line: line, Match: TimeoutAssignment().Match(line.Text))).LastOrDefault(item => item.Match.Success);
        return last.Match is null
            ? Judgement.Fail(new Evidence("/etc/profile", null, "TMOUT not set", Expected))
            : Judgement.PassWhen(int.Parse(last.Match.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture) is >= 1 and <= 900, last.Line.Expect(Expected));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?:(?:readonly|export|declare -xr|typeset -xr)\s+)*TMOUT=(?<seconds>[0-9]{1,9})\b")]
    private static partial System.Text.RegularExpressions.Regex TimeoutAssignment();
}
