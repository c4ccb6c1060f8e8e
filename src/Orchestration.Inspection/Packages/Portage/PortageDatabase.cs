using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Portage;

/// <summary>Portage's installed packages (Package Manager Specification, chapter 3): <c>/var/db/pkg/category/name-version</c>, with a file for each variable.</summary>
internal static partial class PortageDatabase
{
    public const string Root = "/var/db/pkg";

    private static readonly string[] Variables = ["CHOST", "LICENSE", "SIZE", "repository"];

    public static IReadOnlyList<string> Paths { get; } = [.. Variables.Select(variable => $"{Root}/*/*/{variable}")];

    public static DatabaseContent? Read(FactReader reader)
    {
        // FreeBSD keeps its packages in a file of the same place.
        var categories = reader.Files.List(Root).Where(category => category.IsDirectory).ToList();
        return categories.Count == 0
            ? null
            : new DatabaseContent(
                Root,
                [
                    // Names that begin with a hyphen are merges that did not finish.
                    .. from category in categories
                       from directory in reader.Files.List(category.Path)
                       where directory.IsDirectory && !directory.Name.StartsWith('-')
                       let package = ReadPackage(reader, category.Name, directory)
                       where package is not null
                       select package,
                ]);
    }

    private static Package? ReadPackage(FactReader reader, string category, GuestFile directory)
    {
        if (NameAndVersion().Match(directory.Name) is not { Success: true } match)
        {
            reader.Warn(directory.Path, "expected a package's name and version, found neither");
            return null;
        }

        string? Value(string variable) => reader.Text($"{directory.Path}/{variable}")?.Trim() is { Length: > 0 } value ? value : null;
        var (name, version) = ($"{category}/{match.Groups["name"].Value}", match.Groups["version"].Value);
        return new Package(
            name,
            version,
            Value("CHOST")?.Split('-')[0] ?? "",
            name,
            version,
            Value("repository"),
            category,
            Essential: false,
            long.TryParse(Value("SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null,
            "installed")
        {
            Licence = Value("LICENSE"),
        };
    }

    /// <summary>Versions by section 3.2: numbers, a letter, suffixes, a revision. A name never ends in what looks like one.</summary>
    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_][A-Za-z0-9+_-]*?)-(?<version>\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex NameAndVersion();
}
