using System.Text.RegularExpressions;
using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>What is installed, and how it is kept up to date.</summary>
internal static partial class PackageChecks
{
    private static readonly string[] LegacyClients = ["nis", "rsh-client", "rsh-redone-client", "talk", "telnet", "inetutils-telnet", "ldap-utils", "ftp", "tnftp", "inetutils-ftp"];

    private static readonly string[] IntegrityTools = ["aide", "aide-common", "tripwire", "samhain", "osquery"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-PKG-001", "Clients of protocols in clear are not installed", Severity.Low, [Compliance, Hardening], guest =>
            Judgement.PassUnless([.. LegacyClients.Where(guest.Packages.Has).Select(name => new Evidence(DpkgStatus, null, $"{name} is installed", "not installed"))])) with
        {
            References = [Pci("2.2.4")],
            Remediation = "Remove the packages (apt purge).",
        },
        Make("GK-PKG-002", "No graphical server is installed", Severity.Low, [Hardening], guest =>
            Judgement.PassWhen(!guest.Packages.Has("xserver-common"), new Evidence(
                DpkgStatus, null, guest.Packages.Has("xserver-common") ? "xserver-common is installed" : "xserver-common is not installed", "not installed"))) with
        {
            References = [Cis("2.1.20", 2), CisLinux("2.2.2"), CisRedHat("2.2.1", 2)],
            Remediation = "Remove the X server where nobody sits in front of the machine.",
        },
        Make("GK-PKG-003", "Changes of files are watched", Severity.Low, [Compliance], guest =>
            Judgement.PassWhen(
                IntegrityTools.Any(guest.Packages.Has),
                new Evidence(DpkgStatus, null, IntegrityTools.FirstOrDefault(guest.Packages.Has) ?? "none is installed", string.Join(" or ", IntegrityTools)))) with
        {
            References = [Cis("6.3.1"), CisLinux("1.3.1"), CisRedHat("1.3.1"), Pci("11.5.2")],
            Remediation = "Install aide, make its database, and schedule its check.",
        },
        Make("GK-PKG-006", "TCP wrappers are installed", Severity.Info, [Compliance], guest =>
            Judgement.PassWhen(guest.Packages.Has("tcpd"), new Evidence(
                DpkgStatus, null, $"tcpd is {(guest.Packages.Has("tcpd") ? "" : "not ")}installed", "installed, where a policy still asks for it; OpenSSH ignores it"))) with
        {
            Remediation = "Use a firewall; TCP wrappers are obsolete.",
        },
        new("GK-PKG-004", "Package sources are verified", Severity.High, [Security, Compliance], JudgeSources)
        {
            References = [Cis("1.2.1.1"), Pci("6.3.3")],
            Remediation = "Remove trusted=yes, allow-insecure and AllowUnauthenticated, and name the key of each source with signed-by.",
            AppliesTo = "guests with apt",
            RestsOn = guest => [guest.OperatingSystem],
            Files = ["/var/lib/dpkg", "/var/lib/rpm", "/usr/bin/apt"],
            Reads = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/*", "/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*"],
            Exempts = guest => guest.OperatingSystem.PackageManager is "apt" or "apt-get" ? null : "apt is not used",
        },
        new("GK-PKG-005", "Security updates are installed by themselves", Severity.Medium, [Security, Hardening], JudgeUpdates)
        {
            References = [Pci("6.3.3")],
            Remediation = "Install unattended-upgrades and set APT::Periodic::Update-Package-Lists and APT::Periodic::Unattended-Upgrade to 1.",
            AppliesTo = "guests with apt",
            RestsOn = guest => [guest.OperatingSystem],
            Files = ["/var/lib/dpkg", "/var/lib/rpm", "/usr/bin/apt"],
            Reads = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/*", "/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*"],
            Exempts = guest => guest.OperatingSystem.PackageManager is "apt" or "apt-get" ? null : "apt is not used",
        },
    ];

    private const string DpkgStatus = "/var/lib/dpkg/status";

    private static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, guest => guest.Packages.Format is null
            ? Judgement.NotAssessable("the guest has no package database that can be read")
            : evaluate(guest))
        {
            Remediation = "",
            RestsOn = guest => [guest.Packages],
        };

    private static Judgement JudgeSources(Guest guest)
    {
        var files = new[] { "/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources", "/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*" }
            .SelectMany(guest.Files.Glob).ToList();
        return Judgement.PassUnless(
            [.. GuestText.Lines(guest, files).Where(line => !line.Text.StartsWith("//", StringComparison.Ordinal) && Unverified().IsMatch(line.Text))
                .Select(line => line.Expect("sources verified by signature"))],
            [.. files.Select(file => new Evidence(file, null, "nothing turns verification off", "sources verified by signature"))]);
    }

    /// <summary>Later files win; both switches are needed, and the program.</summary>
    private static Judgement JudgeUpdates(Guest guest)
    {
        const string Expected = "APT::Periodic::Unattended-Upgrade \"1\" and unattended-upgrades installed";
        var setting = GuestText.Lines(guest, "/etc/apt/apt.conf.d/*")
            .Where(line => !line.Text.StartsWith("//", StringComparison.Ordinal))
            .Select(line => (line.File, line.Number, Match: UnattendedUpgrade().Match(line.Text)))
            .LastOrDefault(item => item.Match.Success);
        var isInstalled = guest.Packages.Has("unattended-upgrades");
        return Judgement.PassWhen(
            isInstalled && setting.Match is { } match && match.Groups["days"].Value != "0",
            setting.Match is null
                ? new Evidence("/etc/apt/apt.conf.d", null, "APT::Periodic::Unattended-Upgrade not set", Expected)
                : new Evidence(setting.File, setting.Number, setting.Match.Value, Expected),
            new Evidence(DpkgStatus, null, $"unattended-upgrades is {(isInstalled ? "" : "not ")}installed", Expected));
    }

    [GeneratedRegex("""\[[^\[\]]*\b(?:trusted|allow-insecure)=yes|^\s*(?:trusted|allow-insecure):\s*yes|(?:AllowUnauthenticated|AllowInsecureRepositories)\s+"?(?:true|1|yes)""", RegexOptions.IgnoreCase)]
    private static partial Regex Unverified();

    [GeneratedRegex("""APT::Periodic::Unattended-Upgrade\s+"(?<days>[^"]*)"\s*;""", RegexOptions.IgnoreCase)]
    private static partial Regex UnattendedUpgrade();
}
