using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Packages;

namespace Orchestration.Profiles.Reports;

/// <summary>Package URLs (purl specification, types <c>deb</c>, <c>rpm</c>, <c>apk</c> and <c>alpm</c>).</summary>
internal static class PackageUrl
{
    /// <summary>Null where the packaging system has no type of its own.</summary>
    public static string? Of(Package package, OperatingSystemFacts? system)
    {
        var type = package.Format switch { "deb" => "deb", "rpm" => "rpm", "apk" => "apk", "pacman" => "alpm", _ => null };
        if (type is null || system is null)
        {
            return null;
        }

        var colon = type == "rpm" ? package.Version.IndexOf(':', StringComparison.Ordinal) : -1;
        List<string> qualifiers = [$"arch={Escape(package.Architecture)}"];
        if (system.Version is not null)
        {
            qualifiers.Add($"distro={Escape($"{system.Distribution}-{system.Version}")}");
        }

        if (colon > 0)
        {
            qualifiers.Add($"epoch={Escape(package.Version[..colon])}");
        }

        if (package.SourceName != package.Name && type == "deb")
        {
            qualifiers.Add($"upstream={Escape(package.SourceName)}");
        }

        // The specification wants qualifiers sorted by key.
        return $"pkg:{type}/{Escape(system.Distribution)}/{Escape(package.Name)}@{Escape(package.Version[(colon + 1)..])}?{string.Join('&', qualifiers.Order(StringComparer.Ordinal))}";
    }

    private static string Escape(string text) => Uri.EscapeDataString(PlainText.Clean(text)).Replace("%3A", ":", StringComparison.Ordinal);
}
