using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks;

/// <summary>Logs and the audit trail: that they are written, kept, and sent away.</summary>
internal static class LoggingChecks
{
    private static readonly string[] SystemLoggers = ["rsyslog", "syslog-ng", "inetutils-syslogd", "busybox-syslogd"];

    private static readonly string[] AuditPackages = ["auditd", "audit"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-LOG-001", "Logs outlive a reboot", Severity.Critical, [Compliance], JudgeLogging)
        {
            References = [Cis("6.1.1.4")],
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
        new("GK-AUD-001", "The audit daemon is installed", Severity.High, [Compliance], guest =>
            guest.Packages.Format is null && !guest.Files.Exists("/usr/sbin/auditd")
                ? Judgement.NotAssessable("the guest has no package database that can be read")
                : Judgement.PassWhen(
                    IsAuditInstalled(guest), new Evidence("/usr/sbin/auditd", null, IsAuditInstalled(guest) ? "installed" : "not installed", "installed")))
        {
            References = [Cis("6.2.1.1"), Pci("10.2")],
            Remediation = "Install auditd.",
            RestsOn = guest => [guest.Packages],
        },
        new("GK-AUD-002", "The audit daemon is enabled", Severity.High, [Compliance, Hardening], guest =>
            Judgement.PassWhen(
                guest.Services.IsActivated("auditd"),
                new Evidence(guest.Services.Find("auditd.service")?.File, null, guest.Services.Find("auditd.service")?.State ?? "no such service", "enabled")))
        {
            References = [Cis("6.2.1.2"), Pci("10.2")],
            Remediation = "systemctl enable auditd.",
            RestsOn = guest => [guest.Services],
        },
    ];

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
