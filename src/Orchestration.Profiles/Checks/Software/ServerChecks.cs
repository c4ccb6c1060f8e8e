using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Servers that a machine should have only where it is meant to be one; a guest that is gets a waiver.</summary>
internal static class ServerChecks
{
    private const string PostfixFile = "/etc/postfix/main.cf";

    private const string EximFile = "/etc/exim4/update-exim4.conf.conf";

    private static readonly string[] MailServers = ["postfix", "exim4"];

    private static readonly string[] Loopback = ["loopback-only", "localhost", "127.0.0.1", "::1", "[::1]"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-SVC-010", "automounter", ["autofs"], Cis("2.1.1"), CisLinux("1.1.22")),
        Make("GK-SVC-011", "Avahi", ["avahi-daemon"], Cis("2.1.2"), CisLinux("2.2.3")),
        Make("GK-SVC-012", "DHCP server", ["isc-dhcp-server", "isc-dhcp-server6", "dhcpd", "dhcpd6", "kea-dhcp4-server", "kea-dhcp6-server"], Cis("2.1.3"), CisLinux("2.2.5")),
        Make("GK-SVC-013", "name server", ["named", "bind9", "unbound", "pdns"], Cis("2.1.4"), CisLinux("2.2.8")),
        Make("GK-SVC-014", "dnsmasq", ["dnsmasq"], Cis("2.1.5")),
        Make("GK-SVC-015", "FTP server", ["vsftpd", "proftpd", "pure-ftpd"], Cis("2.1.6"), CisLinux("2.2.9")),
        Make("GK-SVC-016", "LDAP server", ["slapd", "dirsrv.target"], Cis("2.1.7"), CisLinux("2.2.6")),
        Make("GK-SVC-017", "mailbox server", ["dovecot", "cyrus-imapd", "courier-imap"], Cis("2.1.8"), CisLinux("2.2.11")),
        Make("GK-SVC-018", "NFS server", ["nfs-server", "nfs-kernel-server"], Cis("2.1.9"), CisLinux("2.2.7"), CisRedHat("2.2.16")),
        Make("GK-SVC-019", "NIS server", ["ypserv"], Cis("2.1.10"), CisLinux("2.2.17")),
        Make("GK-SVC-020", "print server", ["cups"], Cis("2.1.11"), CisLinux("2.2.4")),
        Make("GK-SVC-021", "RPC port mapper", ["rpcbind"], Cis("2.1.12"), CisLinux("2.2.7"), CisRedHat("2.2.17")),
        Make("GK-SVC-022", "rsync server", ["rsync", "rsyncd"], Cis("2.1.13"), CisLinux("2.2.16"), CisRedHat("2.2.18")),
        Make("GK-SVC-023", "Samba file server", ["smbd", "smb", "nmbd"], Cis("2.1.14"), CisLinux("2.2.12")),
        Make("GK-SVC-024", "SNMP server", ["snmpd"], Cis("2.1.15"), CisLinux("2.2.14")),
        Make("GK-SVC-025", "TFTP server", ["tftpd-hpa", "tftp", "atftpd"], Cis("2.1.16"), CisLinux("2.1.9")),
        Make("GK-SVC-026", "web proxy", ["squid"], Cis("2.1.17"), CisLinux("2.2.13")),
        Make("GK-SVC-027", "web server", ["apache2", "httpd", "nginx", "lighttpd"], Cis("2.1.18"), CisLinux("2.2.10")),
        Make("GK-SVC-028", "xinetd", ["xinetd"], Cis("2.1.19"), CisLinux("2.1.10")),
        Make("GK-SVC-029", "error reporter that sends data away", ["apport"], Cis("1.5.5")),
        Make("GK-SVC-030", "Bluetooth", ["bluetooth"], Cis("3.1.3")),
        new("GK-SVC-031", "The mail server listens to this machine only", Severity.Medium, [Compliance, Security], JudgeMail)
        {
            References = [Cis("2.1.21"), CisLinux("2.2.15"), CisRedHat("2.2.15"), Pci("1.4.2")],
            Remediation = "Set inet_interfaces = loopback-only (Postfix), or dc_local_interfaces='127.0.0.1 ; ::1' (Exim).",
            AppliesTo = "guests with Postfix or Exim enabled",
            RestsOn = guest => [guest.Services],
            Reads = [PostfixFile, EximFile],
            Exempts = guest => MailServers.Any(guest.Services.IsActivated) ? null : "neither Postfix nor Exim is enabled",
        },
    ];

    private static Check Make(string id, string what, string[] services, params Reference[] references) =>
        new(id, $"No {what} is enabled", Severity.Low, [Compliance], guest => Judge(guest, services))
        {
            References = [.. references, Pci("2.2.4")],
            Remediation = $"Disable it (systemctl disable --now {services[0]}) or remove its package; where the machine is meant to be one, waive this.",
            AppliesTo = "guests with services",
            RestsOn = guest => [guest.Services],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        };

    private static Judgement Judge(Guest guest, string[] services) => Judgement.PassUnless(
        [
            .. from name in services
               where guest.Services.IsActivated(name)
               let unit = guest.Services.Find($"{name}.service") ?? guest.Services.Find($"{name}.socket")
               select new Evidence(unit?.File, null, $"{name} is enabled", "not enabled"),
        ],
        new Evidence(null, null, $"none of {string.Join(", ", services)} is enabled", "not enabled"));

    private static Judgement JudgeMail(Guest guest)
    {
        const string Expected = "loopback only";
        if (guest.Services.IsActivated("postfix"))
        {
            // postconf(5): all interfaces where nothing is set.
            return GuestText.Assignments(guest, PostfixFile).TryGetValue("inet_interfaces", out var found)
                ? Judgement.PassWhen(
                    found.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names && names.All(Loopback.Contains), found.Line.Expect(Expected))
                : Judgement.Fail(new Evidence(PostfixFile, null, "inet_interfaces not set (all)", Expected));
        }

        return GuestText.Assignments(guest, EximFile).TryGetValue("dc_local_interfaces", out var interfaces)
            ? Judgement.PassWhen(
                interfaces.Value.Trim('\'', '"').Split([';', ' '], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } listed && listed.All(Loopback.Contains),
                interfaces.Line.Expect(Expected))
            : Judgement.NotAssessable("Exim is enabled and its configuration does not say where it listens");
    }
}
