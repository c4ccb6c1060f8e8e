using Orchestration.Inspection.Languages;
using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Packages;
using Orchestration.Profiles.Vulnerabilities.Database;

namespace Orchestration.Profiles.Reports;

/// <summary>Package URLs (purl specification, types <c>deb</c>, <c>rpm</c>, <c>apk</c>, <c>alpm</c> and those of languages).</summary>
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

    /// <summary>The URL of a language's package; null where its file does not say all that one needs.</summary>
    public static string? Of(LanguagePackage package)
    {
        // What comes before the last separator of a name is its namespace.
        var (type, separator) = package.Ecosystem switch
        {
            "PyPI" => ("pypi", '\0'),
            "npm" => ("npm", '/'),
            "Maven" => ("maven", ':'),
            "Go" => ("golang", '/'),
            "NuGet" => ("nuget", '\0'),
            "RubyGems" => ("gem", '\0'),
            "crates.io" => ("cargo", '\0'),
            "Packagist" => ("composer", '/'),
            _ => ("", '\0'),
        };
        var name = Ecosystems.NormalizeName(package.Ecosystem == "NuGet" ? "" : package.Ecosystem, package.Name);
        var end = separator == '\0' ? -1 : name.LastIndexOf(separator);
        if (type.Length == 0 || (package.Ecosystem == "Maven" && end <= 0))
        {
            return null;
        }

        var space = end > 0 ? string.Concat(name[..end].Split('/').Select(part => $"{Escape(part)}/")) : "";
        return $"pkg:{type}/{space}{Escape(name[(end + 1)..])}@{Escape(package.Version)}";
    }

    private static string Escape(string text) => Uri.EscapeDataString(PlainText.Clean(text)).Replace("%3A", ":", StringComparison.Ordinal);
}
