using Orchestration.Inspection;
using Orchestration.Inspection.Services;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>What is started at boot or on demand, by exact names: <c>sftp</c> is no FTP.</summary>
internal static class ServiceChecks
{
    private const string InternetSuperserver = "/etc/inetd.conf";

    /// <summary>Services that send passwords, or trust addresses, in clear.</summary>
    private static readonly string[] Insecure =
    [
        "telnet", "telnetd", "in.telnetd", "inetutils-telnetd", "rsh", "rlogin", "rexec", "rshd", "rlogind", "tftp", "tftpd", "tftpd-hpa", "atftpd",
        "in.tftpd", "ftp", "ftpd", "vsftpd", "proftpd", "pure-ftpd", "pyftpd", "inetutils-ftpd", "talk", "ntalk", "ypserv", "ypbind", "nis", "xinetd",
    ];

    /// <summary>Names in inetd.conf for the same.</summary>
    private static readonly string[] InsecureLines = ["telnet", "shell", "login", "exec", "tftp", "ftp", "talk", "ntalk"];

    private static readonly string[] Unneeded = ["avahi-daemon", "cups", "rpcbind", "bluetooth"];

    private static readonly string[] TimeDaemons = ["chrony", "chronyd", "ntp", "ntpd", "ntpsec", "openntpd", "systemd-timesyncd"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-SVC-001", "No service that speaks in clear is enabled", Severity.High, [Security, Hardening], guest =>
            Judgement.PassUnless([.. Activated(guest, Insecure, "not enabled"), .. ReadSuperserver(guest)], Looked(guest))) with
        {
            References = [Pci("2.2.4")],
            Remediation = "Disable and remove the service; use SSH, SFTP or HTTPS in its place.",
        },
        Make("GK-SVC-002", "No service for desktops and local networks is enabled", Severity.Low, [Hardening], guest =>
            Judgement.PassUnless([.. Activated(guest, Unneeded, "not enabled on a server")], Looked(guest))) with
        {
            References = [Pci("2.2.4")],
            Remediation = "Disable the service (and its socket) where nothing needs it.",
        },
        Make("GK-SVC-003", "Enabled services are counted", Severity.Info, [Security], guest =>
            Judgement.Pass(new Evidence(null, null, $"{guest.Services.EnabledServices.Count}: {string.Join(", ", guest.Services.EnabledServices)}", "for information"))) with
        {
            Remediation = "Nothing to do.",
        },
        Make("GK-SVC-004", "One daemon keeps the time", Severity.Medium, [Compliance], JudgeTime) with
        {
            References = [Cis("2.3.1.1"), CisLinux("2.2.1.1"), CisRedHat("2.1.1"), Pci("10.6.1")],
            Remediation = "Enable one of chrony and systemd-timesyncd, and disable the others.",
        },
    ];

    private static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, evaluate)
        {
            Remediation = "",
            RestsOn = guest => [guest.Services],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        };

    private static Evidence Looked(Guest guest) => new(null, null, $"{guest.Services.Units.Count} units, none such enabled", "not enabled");

    private static IEnumerable<Evidence> Activated(Guest guest, string[] names, string expected) =>
        from name in names
        where guest.Services.IsActivated(name)
        let unit = new[] { "service", "socket" }.Select(type => guest.Services.Find($"{name}.{type}")).OfType<Unit>().FirstOrDefault()
        select new Evidence(unit?.File, null, $"{name} is enabled{(unit is { WantedBy.Count: > 0 } ? $" by {string.Join(", ", unit.WantedBy)}" : "")}", expected);

    private static IEnumerable<Evidence> ReadSuperserver(Guest guest)
    {
        if (!new[] { "inetd", "openbsd-inetd", "inetutils-inetd" }.Any(guest.Services.IsActivated) || !guest.Files.Exists(InternetSuperserver))
        {
            yield break;
        }

        var number = 0;
        foreach (var line in guest.Files.ReadText(InternetSuperserver, 1 << 20).Split('\n'))
        {
            number++;
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var service, ..] && InsecureLines.Contains(service))
            {
                yield return new Evidence(InternetSuperserver, number, $"inetd answers for {service}", "not enabled");
            }
        }
    }

    private static Judgement JudgeTime(Guest guest)
    {
        var active = TimeDaemons.Where(guest.Services.IsActivated)
            .Select(name => guest.Services.Find($"{name}.service")?.Name ?? name).Distinct().ToList();
        return Judgement.PassWhen(
            active.Count == 1,
            new Evidence(null, null, active.Count == 0 ? "none is enabled" : string.Join(", ", active), "exactly one"));
    }
}
