using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Packages that are better not there: clients that send passwords in clear, and tools that change programs.</summary>
internal static class ClientChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-PKG-011", "NIS client", ["nis", "ypbind"], Cis("2.2.1"), CisLinux("2.3.1")),
        Make("GK-PKG-012", "rsh client", ["rsh-client", "rsh-redone-client", "rsh"], Cis("2.2.2"), CisLinux("2.3.2")),
        Make("GK-PKG-013", "talk client", ["talk", "inetutils-talk"], Cis("2.2.3"), CisLinux("2.3.3")),
        Make("GK-PKG-014", "telnet client", ["telnet", "inetutils-telnet"], Cis("2.2.4"), CisLinux("2.3.4"), CisRedHat("2.3.1")),
        Make("GK-PKG-015", "LDAP client", ["ldap-utils", "openldap-clients"], Cis("2.2.5"), CisLinux("2.3.5"), CisRedHat("2.3.2")),
        Make("GK-PKG-016", "FTP client", ["ftp", "tnftp", "inetutils-ftp"], Cis("2.2.6"), CisRedHat("2.3.4")),
        Make("GK-PKG-017", "prelink, which changes installed programs,", ["prelink"], Cis("1.5.4"), CisLinux("1.5.4")),
    ];

    private static Check Make(string id, string what, string[] packages, params Reference[] references) =>
        new(id, $"No {what} is installed", Severity.Low, [Compliance], guest => guest.Packages.Format is null
            ? Judgement.NotAssessable("the guest has no package database that can be read")
            : Judgement.PassUnless(
                [.. packages.Where(guest.Packages.Has).Select(name => new Evidence(null, null, $"{name} {guest.Packages.Find(name)?.Version} is installed", "not installed"))],
                new Evidence(null, null, $"none of {string.Join(", ", packages)} is installed", "not installed")))
        {
            References = [.. references],
            Remediation = $"Remove the package {packages[0]}.",
            AppliesTo = "guests with a package database",
            RestsOn = guest => [guest.Packages],
        };
}
