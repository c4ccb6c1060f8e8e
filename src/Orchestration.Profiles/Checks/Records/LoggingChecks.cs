using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Records;

/// <summary>Logs and the audit trail: that they are written, kept, and sent away.</summary>
internal static class LoggingChecks
{
    private static readonly string[] SystemLoggers = ["rsyslog", "syslog-ng", "inetutils-syslogd", "busybox-syslogd"];

    private static readonly string[] RsyslogFiles = ["/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"];

    private static readonly string[] Receivers = ["imtcp", "imudp", "imrelp", "$InputTCPServerRun", "$UDPServerRun"];

    private static readonly string[] AuditPackages = ["auditd", "audit"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-LOG-001", "Logs outlive a reboot", Severity.Critical, [Compliance], JudgeLogging)
        {
            Remediation = "Set Storage=persistent in /etc/systemd/journald.conf, or install and enable rsyslog.",
            RestsOn = guest => [guest.Logging, guest.Services],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        },
        new("GK-LOG-002", "Logs are sent to another machine", Severity.Medium, [Compliance], guest =>
            guest.Services.IsActivated("systemd-journal-upload")
                ? Judgement.Pass(new Evidence(guest.Services.Find("systemd-journal-upload.service")?.File, null, "systemd-journal-upload is enabled", "a remote target"))
                : guest.Logging.RemoteTargets.Count > 0
                    ? Judgement.Pass([.. guest.Logging.RemoteTargets.Select(target => new Evidence(target.File, target.Line, target.Value, "a remote target"))])
                    : Judgement.Fail(new Evidence("/etc/rsyslog.conf", null, "no remote target", "a remote target")))
        {
            References = [Pci("10.3.3")],
            Remediation = "Forward with rsyslog (action type=\"omfwd\") or systemd-journal-upload to a log server.",
            RestsOn = guest => [guest.Logging, guest.Services],
        },
        MakeJournal("GK-LOG-003", "The journal is compressed", guest =>
            JudgeJournal(guest, "Compress", "yes", value => value is not ("no" or "false" or "0" or "off"), "Compress=yes")) with
        {
            References = [Cis("6.1.2.3"), CisLinux("4.2.2.2"), CisRedHat("4.2.2.3")],
            Remediation = "Set Compress=yes in /etc/systemd/journald.conf.",
        },
        MakeJournal("GK-LOG-004", "The journal is written to disk", guest =>
            JudgeJournal(guest, "Storage", "auto", value => value == "persistent" || (value == "auto" && guest.Logging.KeepsJournal), "Storage=persistent")) with
        {
            References = [Cis("6.1.2.4"), CisLinux("4.2.2.3"), CisRedHat("4.2.2.4")],
            Remediation = "Set Storage=persistent in /etc/systemd/journald.conf.",
        },
        new("GK-LOG-005", "rsyslog makes files that others cannot read", Severity.Low, [Compliance], JudgeFileMode)
        {
            References = [Cis("6.1.3.4"), CisLinux("4.2.1.4"), CisRedHat("4.2.1.4"), Pci("10.3.1")],
            Remediation = "Set $FileCreateMode 0640 in /etc/rsyslog.conf.",
            AppliesTo = "guests with rsyslog",
            Reads = RsyslogFiles,
            Exempts = WithoutRsyslog,
        },
        new("GK-LOG-006", "rsyslog takes no logs from other machines", Severity.Medium, [Compliance], guest => Judgement.PassUnless(
            [.. GuestText.Lines(guest, RsyslogFiles).Where(line => Receivers.Any(word => line.Text.Contains(word, StringComparison.OrdinalIgnoreCase)))
                .Select(line => line.Expect("no imtcp, imudp or imrelp"))],
            new Evidence(RsyslogFiles[0], null, "no module that listens", "no imtcp, imudp or imrelp")))
        {
            References = [Cis("6.1.3.7"), CisRedHat("4.2.1.7")],
            Remediation = "Remove the modules imtcp, imudp and imrelp and their inputs; where the machine is the log server, waive this.",
            AppliesTo = "guests with rsyslog",
            Reads = RsyslogFiles,
            Exempts = WithoutRsyslog,
        },
        new("GK-LOG-007", "The journal takes no logs from other machines", Severity.Medium, [Compliance], guest => Judgement.PassWhen(
            !guest.Services.IsActivated("systemd-journal-remote"),
            new Evidence(guest.Services.Find("systemd-journal-remote.socket")?.File, null,
                guest.Services.IsActivated("systemd-journal-remote") ? "systemd-journal-remote is enabled" : "systemd-journal-remote is not enabled", "not enabled")))
        {
            References = [Cis("6.1.2.1.4"), CisRedHat("4.2.2.1.4")],
            Remediation = "systemctl disable --now systemd-journal-remote.socket; where the machine is the log server, waive this.",
            AppliesTo = "guests with services",
            RestsOn = guest => [guest.Services],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        },
        new("GK-AUD-001", "The audit daemon is installed", Severity.High, [Compliance], guest =>
            guest.Packages.Format is null && !guest.Files.Exists("/usr/sbin/auditd")
                ? Judgement.NotAssessable("the guest has no package database that can be read")
                : Judgement.PassWhen(
                    IsAuditInstalled(guest), new Evidence("/usr/sbin/auditd", null, IsAuditInstalled(guest) ? "installed" : "not installed", "installed")))
        {
            References = [Cis("6.2.1.1", 2), CisLinux("4.1.1.1", 2), CisRedHat("4.1.1.1", 2), Pci("10.2.1")],
            Remediation = "Install auditd.",
            RestsOn = guest => [guest.Packages],
        },
        new("GK-AUD-002", "The audit daemon is enabled", Severity.High, [Compliance, Hardening], guest =>
            Judgement.PassWhen(
                guest.Services.IsActivated("auditd"),
                new Evidence(guest.Services.Find("auditd.service")?.File, null, guest.Services.Find("auditd.service")?.State ?? "no such service", "enabled")))
        {
            References = [Cis("6.2.1.2", 2), CisLinux("4.1.1.2", 2), CisRedHat("4.1.1.4", 2), Pci("10.2.1")],
            Remediation = "systemctl enable auditd.",
            RestsOn = guest => [guest.Services],
        },
    ];

    private static Check MakeJournal(string id, string title, Func<Guest, Judgement> evaluate) => new(id, title, Severity.Low, [Compliance], evaluate)
    {
        Remediation = "",
        AppliesTo = "guests with systemd",
        RestsOn = guest => [guest.Logging, guest.Services],
        Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
    };

    private static string? WithoutRsyslog(Guest guest) => guest.Files.Exists(RsyslogFiles[0]) ? null : "the guest has no rsyslog";

    private static Judgement JudgeJournal(Guest guest, string name, string defaultValue, Func<string, bool> isRight, string expected)
    {
        var setting = guest.Logging.FindJournal(name);
        return Judgement.PassWhen(
            isRight((setting?.Value ?? defaultValue).ToLowerInvariant()),
            new Evidence(setting?.File ?? "/etc/systemd/journald.conf", setting?.Line, setting is null ? $"{name} not set (default {defaultValue})" : $"{name}={setting.Value}", expected));
    }

    /// <summary>rsyslog's own default is 0644.</summary>
    private static Judgement JudgeFileMode(Guest guest)
    {
        const string Expected = "$FileCreateMode 0640 or less";
        var set = GuestText.Lines(guest, RsyslogFiles).Where(line => line.Words[0].Equals("$FileCreateMode", StringComparison.OrdinalIgnoreCase)).ToList();
        return set.Count == 0
            ? Judgement.Fail(new Evidence(RsyslogFiles[0], null, "$FileCreateMode not set (default 0644)", Expected))
            : Judgement.PassUnless([.. set.Where(line => !IsTight(line.Words.ElementAtOrDefault(1))).Select(line => line.Expect(Expected))], [.. set.Select(line => line.Expect(Expected))]);

        static bool IsTight(string? mode) =>
            mode is { Length: >= 1 and <= 4 } && mode.All(digit => digit is >= '0' and <= '7') && (Convert.ToInt32(mode, 8) & ~0b110_100_000) == 0;
    }

    private static bool IsAuditInstalled(Guest guest) => AuditPackages.Any(guest.Packages.Has) || guest.Files.Exists("/usr/sbin/auditd");

    /// <summary>A journal on disk is logging too: a guest with journald alone is not without logs.</summary>
    private static Judgement JudgeLogging(Guest guest)
    {
        const string Expected = "an enabled syslog daemon, or a persistent journal";
        var daemons = SystemLoggers.Where(guest.Services.IsActivated).ToList();
        var storage = guest.Logging.FindJournal("Storage");
        return Judgement.PassWhen(
            daemons.Count > 0 || guest.Logging.KeepsJournal,
            new Evidence(null, null, daemons.Count > 0 ? $"{string.Join(", ", daemons)} enabled" : "no syslog daemon enabled", Expected),
            new Evidence(
                storage?.File ?? "/var/log/journal",
                storage?.Line,
                $"journal {(guest.Logging.KeepsJournal ? "persistent" : "not persistent")} (Storage={storage?.Value ?? "auto"})",
                Expected));
    }
}
