using Orchestration.Inspection.OperatingSystems;
using Orchestration.Profiles.Vulnerabilities.Versions;

namespace Orchestration.Profiles.Vulnerabilities.Database;

/// <summary>The ecosystems of OSV that packages of a guest can be found in.</summary>
public static class Ecosystems
{
    private static readonly Dictionary<string, VersionOrder> Orders = new(StringComparer.Ordinal)
    {
        ["Debian"] = VersionOrder.Debian,
        ["Ubuntu"] = VersionOrder.Debian,
        ["Alpine"] = VersionOrder.Alpine,
        ["Wolfi"] = VersionOrder.Alpine,
        ["Chainguard"] = VersionOrder.Alpine,
        ["AlmaLinux"] = VersionOrder.Rpm,
        ["Rocky Linux"] = VersionOrder.Rpm,
        ["Red Hat"] = VersionOrder.Rpm,
        ["openSUSE"] = VersionOrder.Rpm,
        ["SUSE"] = VersionOrder.Rpm,
        ["Azure Linux"] = VersionOrder.Rpm,
        ["Photon OS"] = VersionOrder.Rpm,
        ["openEuler"] = VersionOrder.Rpm,
        ["Mageia"] = VersionOrder.Rpm,
        ["PyPI"] = VersionOrder.Python,
        ["npm"] = VersionOrder.Semantic,
        ["Go"] = VersionOrder.Semantic,
        ["crates.io"] = VersionOrder.Semantic,
        ["NuGet"] = VersionOrder.NuGet,
        ["Maven"] = VersionOrder.Maven,
        ["RubyGems"] = VersionOrder.Ruby,
        ["Packagist"] = VersionOrder.Composer,
    };

    /// <summary>How an ecosystem orders versions; null where no package of it can be found in a guest.</summary>
    public static VersionOrder? FindOrder(string ecosystem) => Orders.GetValueOrDefault(ecosystem.Split(':')[0]);

    /// <summary>A package's name as it is looked for: some ecosystems do not tell upper from lower case, Python's not hyphens from dots and underscores either (PEP 503).</summary>
    public static string NormalizeName(string ecosystem, string name) => ecosystem.Split(':')[0] switch
    {
        "PyPI" => string.Join('-', name.ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries)),
        "NuGet" or "Packagist" => name.ToLowerInvariant(),
        _ => name,
    };

    /// <summary>
    /// The ecosystem of a guest's release; null where OSV has none. Red Hat's own streams are named by CPE, of which a guest may have
    /// several: they are stored under the major release.
    /// </summary>
    public static string? Of(OperatingSystemFacts system)
    {
        var (major, minor) = (system.MajorVersion, system.MinorVersion);
        return system.Distribution switch
        {
            "debian" when major is not null => $"Debian:{major}",
            "ubuntu" when major is not null => $"Ubuntu:{major}.{minor:00}{(major % 2 == 0 && minor == 4 ? ":LTS" : "")}",
            "alpine" when major is not null => $"Alpine:v{major}.{minor}",
            "almalinux" when major is not null => $"AlmaLinux:{major}",
            "rocky" when major is not null => $"Rocky Linux:{major}",
            "rhel" when major is not null => $"Red Hat:enterprise_linux:{major}",
            "opensuse-leap" when major is not null => $"openSUSE:Leap {major}.{minor}",
            "sles" when major is not null => $"SUSE:Linux Enterprise Server {major}{(minor > 0 ? $" SP{minor}" : "")}",
            "azurelinux" when major is not null => $"Azure Linux:{major}",
            "photon" when major is not null => $"Photon OS:{major}.{minor ?? 0}",
            "wolfi" => "Wolfi",
            "chainguard" => "Chainguard",
            "mageia" when major is not null => $"Mageia:{major}",
            _ => null,
        };
    }

    /// <summary>The name under which an ecosystem's advisories are stored; null for one that no guest has.</summary>
    public static string? StoredAs(string ecosystem)
    {
        if (FindOrder(ecosystem) is null)
        {
            return null;
        }

        // Red Hat:enterprise_linux:9::appstream, Red Hat:rhel_eus:9.2::baseos: only the ordinary stream of a release is what a guest has by default.
        var parts = ecosystem.Split(':');
        return parts is ["Red Hat", "enterprise_linux", var release, ..] ? $"Red Hat:enterprise_linux:{release.Split('.')[0]}"
            : parts[0] == "Red Hat" ? null
            : ecosystem;
    }
}
