using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class SoftwareExamples
{
    private const string Debian = "ID=debian\nVERSION_ID=\"12\"\n";

    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Enabled("GK-SVC-001", "vsftpd"),
        Enabled("GK-SVC-002", "avahi-daemon"),
        new("GK-SVC-004", Booted().EnabledUnit("chrony.service"), Booted()),
        Enabled("GK-SVC-010", "autofs"),
        Enabled("GK-SVC-011", "avahi-daemon"),
        Enabled("GK-SVC-012", "isc-dhcp-server"),
        Enabled("GK-SVC-013", "named"),
        Enabled("GK-SVC-014", "dnsmasq"),
        Enabled("GK-SVC-015", "vsftpd"),
        Enabled("GK-SVC-016", "slapd"),
        Enabled("GK-SVC-017", "dovecot"),
        Enabled("GK-SVC-018", "nfs-server"),
        Enabled("GK-SVC-019", "ypserv"),
        Enabled("GK-SVC-020", "cups"),
        Enabled("GK-SVC-021", "rpcbind"),
        Enabled("GK-SVC-022", "rsync"),
        Enabled("GK-SVC-023", "smbd"),
        Enabled("GK-SVC-024", "snmpd"),
        Enabled("GK-SVC-025", "tftpd-hpa"),
        Enabled("GK-SVC-026", "squid"),
        Enabled("GK-SVC-027", "nginx"),
        Enabled("GK-SVC-028", "xinetd"),
        Enabled("GK-SVC-029", "apport"),
        Enabled("GK-SVC-030", "bluetooth"),
        new("GK-SVC-031",
            Booted().EnabledUnit("postfix.service").File("/etc/postfix/main.cf", "inet_interfaces = loopback-only\n"),
            Booted().EnabledUnit("postfix.service").File("/etc/postfix/main.cf", "inet_interfaces = all\n")),

        new("GK-FW-001", Ufw("DROP"), Booted()),
        new("GK-FW-002", Ufw("DROP"), Ufw("DROP").File("/usr/sbin/firewalld").EnabledUnit("firewalld.service")),
        new("GK-FW-003", Ufw("DROP"), Ufw("ACCEPT")),
        new("GK-FW-004", Ufw("DROP").File("/etc/ufw/user.rules", Allow("tcp 22")), Ufw("DROP").File("/etc/ufw/user.rules", Allow("any any"))),
        new("GK-FW-005", Ufw("DROP").File("/etc/ufw/user.rules", Allow("tcp 443")), Ufw("DROP").File("/etc/ufw/user.rules", Allow("tcp 5432"))),

        Installed("GK-PKG-001", "telnet"),
        Installed("GK-PKG-002", "xserver-common"),
        new("GK-PKG-003", new GuestBuilder().Packages("aide"), new GuestBuilder().Packages("bash")),
        new("GK-PKG-004", Apt().File("/etc/apt/sources.list", "deb http://deb.debian.org/debian bookworm main\n"),
            Apt().File("/etc/apt/sources.list", "deb [trusted=yes] http://deb.debian.org/debian bookworm main\n")),
        new("GK-PKG-005", Release(Debian).Packages("unattended-upgrades").File("/usr/bin/apt").File("/etc/apt/apt.conf.d/20auto", "APT::Periodic::Unattended-Upgrade \"1\";\n"), Apt()),
        new("GK-PKG-006", new GuestBuilder().Packages("tcpd"), new GuestBuilder().Packages("bash")),
        new("GK-PKG-007", Dnf("gpgcheck=1", "gpgcheck=1"), Dnf("gpgcheck=1", "gpgcheck=0")),
        new("GK-PKG-008", new GuestBuilder().File("/etc/apt/sources.list", "deb https://deb.debian.org/debian bookworm main\n"),
            new GuestBuilder().File("/etc/apt/sources.list", "deb http://deb.debian.org/debian bookworm main\n")),
        new("GK-PKG-009", Release(Debian), Release("ID=debian\nVERSION_ID=\"10\"\n")),
        new("GK-PKG-010", Dnf("gpgcheck=1", "").EnabledUnit("dnf-automatic.timer", "timers.target"), Dnf("gpgcheck=1", "")),
        Installed("GK-PKG-011", "nis"),
        Installed("GK-PKG-012", "rsh-client"),
        Installed("GK-PKG-013", "talk"),
        Installed("GK-PKG-014", "telnet"),
        Installed("GK-PKG-015", "ldap-utils"),
        Installed("GK-PKG-016", "ftp"),
        Installed("GK-PKG-017", "prelink"),
    ];

    private static CheckExample Enabled(string id, string service) => new(id, Booted().Unit($"{service}.service"), Booted().EnabledUnit($"{service}.service"));

    private static CheckExample Installed(string id, string package) => new(id, new GuestBuilder().Packages("bash"), new GuestBuilder().Packages("bash", package));

    private static GuestBuilder Apt() => Release(Debian).Packages("apt").File("/usr/bin/apt");

    private static GuestBuilder Dnf(string main, string repository) => new GuestBuilder()
        .File("/etc/dnf/dnf.conf", $"[main]\n{main}\n").File("/etc/yum.repos.d/site.repo", $"[site]\nbaseurl=https://packages.example.com/\n{repository}\n");

    private static string Allow(string what) => $"### tuple ### allow {what} 0.0.0.0/0 any 0.0.0.0/0 in\n";

    private static GuestBuilder Ufw(string policy) => Booted().File("/usr/sbin/ufw").EnabledUnit("ufw.service")
        .File("/etc/ufw/ufw.conf", "ENABLED=yes\n").File("/etc/default/ufw", $"DEFAULT_INPUT_POLICY=\"{policy}\"\n");
}
