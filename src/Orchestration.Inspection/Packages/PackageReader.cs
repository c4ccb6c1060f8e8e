using Orchestration.Inspection.Packages.Bundles;

namespace Orchestration.Inspection.Packages;

/// <summary>Every package database of the guest. One that cannot be read is a warning, and costs the others nothing.</summary>
internal static class PackageReader
{
    public static IReadOnlyList<string> Paths { get; } = [.. PackageFormat.All.SelectMany(format => format.Paths), SnapReader.State];

    public static PackageFacts Read(FactReader reader)
    {
        var databases = new List<PackageDatabase>();
        var contents = new List<DatabaseContent>();
        foreach (var format in PackageFormat.All)
        {
            try
            {
                if (format.Read(reader) is { } content)
                {
                    databases.Add(new PackageDatabase(format.Name, content.Path, content.Installed.Count));
                    contents.Add(content with { Installed = [.. content.Installed.Select(package => package with { Format = format.Name })] });
                }
            }
            catch (InspectionException exception)
            {
                var path = exception.Path ?? format.Markers[0];
                databases.Add(new PackageDatabase(format.Name, path, null));
                reader.WarnUnreadable(path, exception.Message);
            }
        }

        return new PackageFacts
        {
            // An unreadable database is the distribution's own unless another one has packages; an empty one is nobody's if there is any other.
            Format = databases.MaxBy(database => database.Packages switch { null => 0, 0 => -1, var count => count })?.Format,
            Databases = databases,
            Installed =
            [
                .. contents.SelectMany(content => content.Installed)
                    .OrderBy(package => package.Name, StringComparer.Ordinal).ThenBy(package => package.Architecture, StringComparer.Ordinal),
            ],
            NotInstalled = contents.SelectMany(content => content.NotInstalled).GroupBy(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(), StringComparer.Ordinal),
            SigningKeys = [.. contents.SelectMany(content => content.SigningKeys)],
            Bundles = [.. SnapReader.Read(reader), .. FlatpakReader.Read(reader)],
            Warnings = reader.Warnings,
        };
    }
}
