using System.Globalization;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection;
using Orchestration.Inspection.Ssh;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>Who may log in over SSH and how, by the configuration in effect.</summary>
internal static class SshChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-SSH-001", "Root cannot log in over SSH with a password", Severity.High, [Security], JudgeRootLogin) with
        {
            Remediation = "Set PermitRootLogin to no (or prohibit-password) before any other line that sets it, and log in as a user with sudo.",
        },
        Make("GK-SSH-002", "SSH accepts keys only, no passwords", Severity.Medium, [Security, Hardening], guest => Require(guest, "PasswordAuthentication", "no")) with
        {
            Remediation = "Give every user a key, then set PasswordAuthentication to no.",
        },
        Make("GK-SSH-003", "The SSH port is known", Severity.Info, [Security], JudgePort) with
        {
            Remediation = "Nothing to do.",
        },
        Make("GK-SSH-004", "SSH refuses empty passwords", Severity.High, [Security, Compliance], guest => Require(guest, "PermitEmptyPasswords", "no")) with
        {
            References = [Cis("5.1.19"), CisLinux("5.2.11"), CisRedHat("5.2.9"), Pci("2.2.6")],
            Remediation = "Set PermitEmptyPasswords to no.",
        },
        Make("GK-SSH-005", "SSH never lets root in directly", Severity.Medium, [Compliance, Hardening], guest => Require(guest, "PermitRootLogin", "no")) with
        {
            References = [Cis("5.1.20"), CisLinux("5.2.10"), CisRedHat("5.2.7"), Pci("2.2.6")],
            Remediation = "Set PermitRootLogin to no.",
        },
        Make("GK-SSH-006", "SSH limits attempts to authenticate", Severity.Low, [Compliance, Hardening], guest => RequireNumber(guest, "MaxAuthTries", 1, 4)) with
        {
            References = [Cis("5.1.16"), CisLinux("5.2.7"), CisRedHat("5.2.16"), Pci("2.2.6")],
            Remediation = "Set MaxAuthTries to 4 or less.",
        },
        Make("GK-SSH-007", "SSH ends sessions that do not answer", Severity.Low, [Compliance, Hardening], JudgeKeepAlive) with
        {
            References = [CisRedHat("5.2.20"), Pci("8.2.8")],
            Remediation = "Set ClientAliveInterval and ClientAliveCountMax so that their product is at most 900 seconds, both above zero.",
        },
        Make("GK-SSH-008", "SSH gives little time to log in", Severity.Low, [Compliance, Hardening], guest => RequireNumber(guest, "LoginGraceTime", 1, 60)) with
        {
            References = [Cis("5.1.13"), CisLinux("5.2.17"), CisRedHat("5.2.19")],
            Remediation = "Set LoginGraceTime to 60 seconds or less, and not to 0, which means no limit.",
        },
        Make("GK-SSH-009", "SSH logs logins", Severity.Low, [Compliance], guest => Require(guest, "LogLevel", "INFO", "VERBOSE")) with
        {
            References = [Cis("5.1.14"), CisLinux("5.2.5"), CisRedHat("5.2.5"), Pci("2.2.6")],
            Remediation = "Set LogLevel to INFO or VERBOSE.",
        },
        Make("GK-SSH-010", "SSH trusts no host and no ticket in place of a user's proof", Severity.Medium, [Compliance], guest =>
            Together(Require(guest, "HostbasedAuthentication", "no"), Require(guest, "GSSAPIAuthentication", "no"), Require(guest, "IgnoreRhosts", "yes"))) with
        {
            References = [Cis("5.1.9", 2), Cis("5.1.10"), CisLinux("5.2.9"), CisRedHat("5.2.8"), Cis("5.1.11"), CisLinux("5.2.8"), CisRedHat("5.2.11")],
            Remediation = "Set HostbasedAuthentication and GSSAPIAuthentication to no and IgnoreRhosts to yes.",
        },
        Make("GK-SSH-011", "SSH sessions go through PAM and cannot bring an environment", Severity.Medium, [Compliance], guest =>
            Together(Require(guest, "PermitUserEnvironment", "no"), Require(guest, "UsePAM", "yes"))) with
        {
            References = [Cis("5.1.21"), CisLinux("5.2.12"), CisRedHat("5.2.10"), Cis("5.1.22"), CisLinux("5.2.20"), CisRedHat("5.2.6")],
            Remediation = "Set PermitUserEnvironment to no and UsePAM to yes.",
        },
        Make("GK-SSH-012", "SSH shows a warning banner", Severity.Low, [Compliance], guest => RequireSet(guest, "Banner")) with
        {
            References = [Cis("5.1.5"), CisLinux("5.2.19"), CisRedHat("5.2.15")],
            Remediation = "Write the organisation's notice into a file and name it with Banner.",
        },
        Make("GK-SSH-013", "SSH names the users or groups that may log in", Severity.Low, [Compliance], JudgeAccessList) with
        {
            References = [Cis("5.1.4"), CisLinux("5.2.18"), CisRedHat("5.2.4")],
            Remediation = "Set AllowGroups (or AllowUsers, DenyUsers, DenyGroups).",
        },
        Make("GK-SSH-014", "SSH forwards nothing", Severity.Low, [Hardening], guest => Require(guest, "DisableForwarding", "yes")) with
        {
            References = [Cis("5.1.8", 2)],
            Remediation = "Set DisableForwarding to yes; where tunnels are needed, allow them in a Match block.",
        },
        Make("GK-SSH-015", "SSH limits sessions and unauthenticated connections", Severity.Low, [Compliance], guest =>
            Together(RequireNumber(guest, "MaxSessions", 0, 10), JudgeStartups(guest))) with
        {
            References = [Cis("5.1.17"), CisRedHat("5.2.18"), Cis("5.1.18"), CisLinux("5.2.22"), CisRedHat("5.2.17"), Pci("2.2.6")],
            Remediation = "Set MaxSessions to 10 or less and MaxStartups to 10:30:60 or less.",
        },
        Make("GK-SSH-016", "Only root can read the SSH server's configuration", Severity.High, [Compliance], JudgeConfigurationAccess) with
        {
            References = [Cis("5.1.1"), CisLinux("5.2.1"), CisRedHat("5.2.1"), Pci("2.2.6")],
            Remediation = "chown root:root and chmod 0600 sshd_config and every file in sshd_config.d.",
        },
        Make("GK-SSH-017", "Only root can read the SSH host keys", Severity.High, [Security, Compliance], JudgeHostKeys) with
        {
            References = [Cis("5.1.2"), CisLinux("5.2.2"), CisRedHat("5.2.2")],
            Remediation = "chown root:root and chmod 0600 every private host key; make new keys where others could read them.",
        },
        Make("GK-SSH-025", "SSH notices sessions that do not answer", Severity.Low, [Compliance], guest =>
            Together(RequireNumber(guest, "ClientAliveInterval", 1, int.MaxValue), RequireNumber(guest, "ClientAliveCountMax", 1, int.MaxValue))) with
        {
            References = [Cis("5.1.7")],
            Remediation = "Set ClientAliveInterval and ClientAliveCountMax above zero.",
        },
        Make("GK-SSH-026", "SSH does not forward X11", Severity.Low, [Hardening], guest => Require(guest, "X11Forwarding", "no")) with
        {
            References = [CisRedHat("5.2.12", 2), CisLinux("5.2.6")],
            Remediation = "Set X11Forwarding to no.",
        },
        Make("GK-SSH-027", "SSH opens no tunnels", Severity.Low, [Hardening], guest => Require(guest, "AllowTcpForwarding", "no")) with
        {
            References = [CisRedHat("5.2.13", 2), CisLinux("5.2.21", 2)],
            Remediation = "Set AllowTcpForwarding to no.",
        },
        Make("GK-SSH-028", "SSH refuses keys that others could have changed", Severity.High, [Security, Hardening], guest => Require(guest, "StrictModes", "yes")) with
        {
            Remediation = "Set StrictModes to yes.",
        },
    ];

    /// <summary>A check about the server, which a guest without one is exempt from.</summary>
    internal static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, evaluate)
        {
            Remediation = "",
            AppliesTo = "guests with an SSH server",
            RestsOn = guest => [guest.Ssh],
            Exempts = guest => guest.Ssh.Installed || guest.Ssh.ConfigurationFiles.Count > 0 ? null : "no SSH server is installed",
        };

    internal static Evidence Of(SshOption option, string expected) =>
        new(option.File, option.Line, $"{option.Keyword} {option.Value}{(option.IsDefault ? " (default of OpenSSH)" : "")}", expected);

    /// <summary>Both what holds for everybody and what Match blocks grant: the weakest counts.</summary>
    private static List<SshOption> Everywhere(Guest guest, string keyword) =>
    [
        .. guest.Ssh.FindAll(keyword).Take(1),
        .. guest.Ssh.Matches.SelectMany(match => match.Options).Where(option => option.Keyword.Equals(keyword, StringComparison.OrdinalIgnoreCase)),
    ];

    private static Judgement Require(Guest guest, string keyword, params string[] accepted)
    {
        var expected = $"{keyword} {string.Join(" or ", accepted)}";
        var options = Everywhere(guest, keyword);
        return Judgement.PassUnless(
            [.. options.Where(option => !accepted.Contains(option.Value, StringComparer.OrdinalIgnoreCase)).Select(option => Of(option, expected))],
            [.. options.Select(option => Of(option, expected))]);
    }

    private static Judgement RequireNumber(Guest guest, string keyword, int minimum, int maximum)
    {
        var expected = $"{keyword} between {minimum} and {maximum}";
        var options = Everywhere(guest, keyword);
        return Judgement.PassUnless(
            [.. options.Where(option => Seconds(option.Value) is not { } value || value < minimum || value > maximum).Select(option => Of(option, expected))],
            [.. options.Select(option => Of(option, expected))]);
    }

    private static Judgement RequireSet(Guest guest, string keyword) => guest.Ssh.Find(keyword) is { } option && option.Value is not ("none" or "")
        ? Judgement.Pass(Of(option, $"{keyword} set"))
        : Judgement.Fail(new Evidence(SshMain, null, $"{keyword} not set", $"{keyword} set"));

    private const string SshMain = "/etc/ssh/sshd_config";

    private static Judgement Together(params Judgement[] parts)
    {
        var failed = parts.Where(part => part.Verdict == Verdict.Fail).SelectMany(part => part.Evidence).ToList();
        return Judgement.PassUnless(failed, [.. parts.SelectMany(part => part.Evidence)]);
    }

    /// <summary>Root with a password over the network is critical; with keys it is merely unwise, and another check's matter.</summary>
    private static Judgement JudgeRootLogin(Guest guest)
    {
        const string Expected = "PermitRootLogin no or prohibit-password";
        var options = Everywhere(guest, "PermitRootLogin");
        var open = options.Where(option => option.Value.Equals("yes", StringComparison.OrdinalIgnoreCase)).Select(option => Of(option, Expected)).ToList();
        if (open.Count == 0)
        {
            return Judgement.Pass([.. options.Select(option => Of(option, Expected))]);
        }

        var passwords = Everywhere(guest, "PasswordAuthentication").Find(option => option.Value.Equals("yes", StringComparison.OrdinalIgnoreCase));
        return passwords is null
            ? Judgement.Fail(open)
            : Judgement.Fail([.. open, Of(passwords, "PasswordAuthentication no")]) with { Severity = Severity.Critical };
    }

    private static Judgement JudgePort(Guest guest) =>
        Judgement.Pass([.. guest.Ssh.FindAll("Port").Select(option => Of(option, "any; 22 is what everybody tries first"))]);

    private static Judgement JudgeKeepAlive(Guest guest)
    {
        var interval = guest.Ssh.Find("ClientAliveInterval");
        var count = guest.Ssh.Find("ClientAliveCountMax");
        var seconds = Seconds(interval?.Value) * Seconds(count?.Value);
        return Judgement.PassWhen(
            seconds is > 0 and <= 900,
            [.. new[] { interval, count }.OfType<SshOption>().Select(option => Of(option, "above zero, and at most 900 seconds together"))]);
    }

    private static Judgement JudgeAccessList(Guest guest)
    {
        string[] keywords = ["AllowUsers", "AllowGroups", "DenyUsers", "DenyGroups"];
        var set = keywords.Select(guest.Ssh.Find).OfType<SshOption>().Select(option => Of(option, "set")).ToList();
        return set.Count > 0 ? Judgement.Pass(set) : Judgement.Fail(new Evidence(SshMain, null, "none of them set", string.Join(" or ", keywords)));
    }

    /// <summary>start:rate:full, each within CIS's 10:30:60.</summary>
    private static Judgement JudgeStartups(Guest guest)
    {
        int[] limits = [10, 30, 60];
        return guest.Ssh.Find("MaxStartups") is { } option
            ? Judgement.PassWhen(
                option.Value.Split(':') is { Length: 3 } parts
                    && parts.Zip(limits).All(pair => Seconds(pair.First) is { } number && (pair.Second == 30 || number <= pair.Second)),
                Of(option, "MaxStartups 10:30:60 or less"))
            : Judgement.NotAssessable("MaxStartups is not known");
    }

    private static Judgement JudgeConfigurationAccess(Guest guest)
    {
        const string Expected = "mode 0600 or less, owner 0:0";
        var files = guest.Ssh.ConfigurationFiles.Select(path => guest.Files.Find(path)).OfType<Inspection.Files.GuestFile>().ToList();
        return files.Count == 0
            ? Judgement.NotApplicable("the server has no configuration file")
            : Judgement.PassUnless(
                [.. files.Where(file => (file.Permissions & 0b001_111_111) != 0 || file.UserId != 0 || file.GroupId != 0)
                    .Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), Expected))],
                [.. files.Select(file => new Evidence(file.Path, null, Judgement.DescribeAccess(file), Expected))]);
    }

    /// <summary>Group read is right only where the group is the one that Red Hat's ssh-keysign runs as.</summary>
    private static Judgement JudgeHostKeys(Guest guest)
    {
        const string Expected = "mode 0600 or less, owner root (0640 for the group ssh_keys)";
        var keyGroup = guest.Users.Groups.FirstOrDefault(group => group.Name == "ssh_keys")?.GroupId;
        var keys = guest.Files.List("/etc/ssh").Where(file => file.Kind == FileKind.Regular
            && file.Name.StartsWith("ssh_host_", StringComparison.Ordinal) && file.Name.EndsWith("_key", StringComparison.Ordinal)).ToList();
        if (keys.Count == 0)
        {
            return Judgement.NotApplicable("the guest has no host keys yet");
        }

        return Judgement.PassUnless(
            [.. from key in keys
                let others = key.GroupId == keyGroup ? 0b000_011_111 : 0b000_111_111
                where key.UserId != 0 || (key.Permissions & others) != 0
                select new Evidence(key.Path, null, Judgement.DescribeAccess(key), Expected)],
            [.. keys.Select(key => new Evidence(key.Path, null, Judgement.DescribeAccess(key), Expected))]);
    }

    /// <summary>A number, or a time of sshd_config(5): <c>90</c>, <c>90s</c>, <c>2m</c>, <c>1h30m</c>.</summary>
    internal static long? Seconds(string? value)
    {
        long total = 0;
        var digits = "";
        foreach (var letter in $"{value?.ToLowerInvariant()}s".Replace("ss", "s", StringComparison.Ordinal))
        {
            if (char.IsAsciiDigit(letter))
            {
                digits += letter;
                continue;
            }

            var factor = letter switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0 };
            if (factor == 0 || (digits.Length == 0 && total == 0) || digits.Length > 9)
            {
                return null;
            }

            total += digits.Length == 0 ? 0 : long.Parse(digits, CultureInfo.InvariantCulture) * factor;
            digits = "";
        }

        return total;
    }
}
