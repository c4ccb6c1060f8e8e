using System.Globalization;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Packages.Pacman;

/// <summary>pacman's local database: a directory for each package with a file <c>desc</c>, in which a line <c>%KEY%</c> is followed by values up to an empty line.</summary>
internal static class PacmanDatabase
{
    public const string Local = "/var/lib/pacman/local";

    public static IReadOnlyList<string> Paths { get; } = [$"{Local}/*/desc"];

    public static DatabaseContent? Read(FactReader reader)
    {
        if (reader.Files.Find(Local) is not { IsDirectory: true })
        {
            return null;
        }

        return new DatabaseContent(Local, [.. reader.Files.Glob(Paths[0]).Select(path => ReadPackage(reader, path)).OfType<Package>()]);
    }

    private static Package? ReadPackage(FactReader reader, string path)
    {
        if (reader.Text(path) is not { } text)
        {
            return null;
        }

        var values = Parse(text);
        string? First(string key) => values.GetValueOrDefault(key)?.FirstOrDefault();
        if (First("NAME") is not { } name || First("VERSION") is not { } version)
        {
            reader.Warn(path, "expected %NAME% and %VERSION%, found neither or one");
            return null;
        }

        return new Package(
            name,
            version,
            First("ARCH") ?? "",
            First("BASE") ?? name,
            version,
            First("PACKAGER"),
            First("GROUPS"),
            Essential: false,
            Number(First("SIZE")),
            "installed")
        {
            Licence = values.GetValueOrDefault("LICENSE") is { Count: > 0 } licences ? string.Join(", ", licences) : null,
            InstalledAt = Number(First("INSTALLDATE")) is { } seconds and <= uint.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        };
    }

    private static Dictionary<string, List<string>> Parse(string text)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? current = null;
        foreach (var (_, line) in TextLines.Of(text))
        {
            if (line is ['%', .. var key, '%'])
            {
                values[key] = current = [];
            }
            else if (line.Length == 0)
            {
                current = null;
            }
            else
            {
                current?.Add(line);
            }
        }

        return values;
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
