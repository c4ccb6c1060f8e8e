using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Users;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>How people become root: the defaults of sudoers(5), and su(1).</summary>
internal static class SudoChecks
{
    private const string Main = "/etc/sudoers";

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-SUDO-001", "sudo is installed", Severity.Low, [Compliance], guest =>
            Judgement.PassWhen(guest.Files.Exists("/usr/bin/sudo"), new Evidence("/usr/bin/sudo", null, guest.Files.Exists("/usr/bin/sudo") ? "there" : "not there", "installed")))
        {
            References = [Cis("5.2.1"), CisRedHat("5.3.1")],
            Remediation = "Install sudo, so that nobody works as root all day.",
            Reads = ["/usr/bin/sudo"],
        },
        Make("GK-SUDO-002", "sudo gives programs a terminal of their own", guest =>
            FindDefault(guest, "use_pty") is { } found ? Judgement.PassWhen(!found.IsOff, Of(found, "Defaults use_pty")) : Missing("use_pty not set", "Defaults use_pty")) with
        {
            References = [Cis("5.2.2"), CisRedHat("5.3.2"), Pci("2.2.6")],
            Remediation = "Add 'Defaults use_pty' with visudo.",
        },
        Make("GK-SUDO-003", "sudo writes a log of its own", guest =>
            FindDefault(guest, "logfile") is { } found ? Judgement.PassWhen(!found.IsOff && found.Value is { Length: > 0 }, Of(found, "Defaults logfile=")) : Missing("logfile not set", "Defaults logfile=")) with
        {
            References = [Cis("5.2.3"), CisRedHat("5.3.3"), Pci("2.2.6")],
            Remediation = "Add 'Defaults logfile=\"/var/log/sudo.log\"' with visudo.",
        },
        Make("GK-SUDO-004", "sudo asks again after a quarter of an hour", JudgeTimeout) with
        {
            References = [Cis("5.2.6"), CisRedHat("5.3.6")],
            Remediation = "Set timestamp_timeout to 15 or less, and not below zero.",
        },
        Make("GK-SUDO-005", "No rule of sudo turns authentication off", guest => Judgement.PassUnless(
            [.. guest.Users.SudoDefaults.Where(item => item is { Name: "authenticate", IsOff: true }).Select(item => Of(item, "no !authenticate"))],
            new Evidence(Main, null, "no !authenticate", "no !authenticate"))) with
        {
            References = [Cis("5.2.5"), CisRedHat("5.3.5")],
            Remediation = "Remove !authenticate.",
        },
        new("GK-SUDO-006", "Only named people can use su", Severity.Low, [Compliance], JudgeSwitchUser)
        {
            References = [Cis("5.2.7"), CisLinux("5.6"), CisRedHat("5.3.7"), Pci("2.2.6")],
            Remediation = "Add 'auth required pam_wheel.so use_uid group=sugroup' to /etc/pam.d/su, with an empty group sugroup.",
            AppliesTo = "guests with su under PAM",
            RestsOn = guest => [guest.Authentication],
            Files = ["/etc/pam.d"],
            Exempts = guest => guest.Authentication.PamRules.Any(rule => rule.Service == "su") ? null : "the guest has no su under PAM",
        },
    ];

    private static Check Make(string id, string title, Func<Guest, Judgement> evaluate) => new(id, title, Severity.Low, [Compliance], evaluate)
    {
        Remediation = "",
        AppliesTo = "guests with sudo",
        RestsOn = guest => [guest.Users],
        Files = [Main],
        Exempts = guest => guest.Files.Exists(Main) ? null : "the guest has no sudo",
    };

    /// <summary>The last of the global defaults that has the name; those of single users and hosts are others.</summary>
    private static SudoDefault? FindDefault(Guest guest, string name) => guest.Users.SudoDefaults.LastOrDefault(item => item.Scope is null && item.Name == name);

    private static Evidence Of(SudoDefault item, string expected) => new(
        item.File, item.Line, $"Defaults{item.Scope} {(item.IsOff ? "!" : "")}{item.Name}{(item.Value is { } value ? $"={value}" : "")}", expected);

    private static Judgement Missing(string found, string expected) => Judgement.Fail(new Evidence(Main, null, found, expected));

    private static Judgement JudgeTimeout(Guest guest)
    {
        const string Expected = "timestamp_timeout between 0 and 15 minutes";
        if (FindDefault(guest, "timestamp_timeout") is not { } found)
        {
            return Judgement.Pass(new Evidence(Main, null, "timestamp_timeout not set (5 or 15 minutes by how sudo was built)", Expected));
        }

        return Judgement.PassWhen(
            double.TryParse(found.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0 and <= 15, Of(found, Expected));
    }

    private static Judgement JudgeSwitchUser(Guest guest)
    {
        const string Expected = "pam_wheel.so with use_uid and the name of an empty group";
        var rule = guest.Authentication.PamRules.FirstOrDefault(rule => rule is { Service: "su", Type: "auth", Module: "pam_wheel.so", Control: "required" or "requisite" });
        if (rule is null)
        {
            return Judgement.Fail(new Evidence("/etc/pam.d/su", null, "pam_wheel.so is not required", Expected));
        }

        var name = rule.Arguments.FirstOrDefault(argument => argument.StartsWith("group=", StringComparison.Ordinal))?["group=".Length..];
        var members = guest.Users.Groups.FirstOrDefault(group => group.Name == name)?.Members.Count ?? 0;
        return Judgement.PassWhen(
            rule.Arguments.Contains("use_uid") && name is not null && members == 0,
            new Evidence(rule.File, rule.Line, $"pam_wheel.so {string.Join(' ', rule.Arguments)}{(members > 0 ? $", a group of {members}" : "")}", Expected));
    }
}
