using System.Globalization;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Dpkg;

/// <summary>
/// dpkg's database: <c>status</c>, then what an interrupted dpkg left in <c>updates/</c>, and <c>status.d/</c> of images built without
/// dpkg. A package counts as installed when the third word of its status says so (dpkg-query(1)).
/// </summary>
internal static class DpkgDatabase
{
    private const string Status = "/var/lib/dpkg/status";

    private const string Updates = "/var/lib/dpkg/updates";

    private const string StatusDirectory = "/var/lib/dpkg/status.d";

    // A desktop with every package of the archive stays below half of it.
    private const int MaximumBytes = 128 << 20;

    private static readonly string[] InstalledStates = ["installed", "triggers-pending", "triggers-awaited"];

    public static IReadOnlyList<string> Paths { get; } = [Status, $"{Updates}/*", $"{StatusDirectory}/*"];

    /// <exception cref="InspectionException">The status file itself cannot be read.</exception>
    public static DatabaseContent? Read(FactReader reader)
    {
        var records = new Dictionary<(string Name, string Architecture), (DpkgStanza Stanza, string State)>();
        string? database = null;
        foreach (var (path, isDirectoryEntry) in Sources(reader))
        {
            if (Text(reader, path) is { } text)
            {
                database ??= isDirectoryEntry ? StatusDirectory : path;
                foreach (var stanza in DpkgStanza.Parse(text))
                {
                    Add(reader, records, stanza, path, isDirectoryEntry);
                }
            }
        }

        return database is null
            ? null
            : new DatabaseContent(
                database,
                [.. records.Values.Where(record => InstalledStates.Contains(record.State)).Select(record => ToPackage(record.Stanza, record.State))])
            {
                NotInstalled = records.Values.Where(record => !InstalledStates.Contains(record.State))
                    .CountBy(record => record.State).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
            };
    }

    /// <summary>Without the status file nothing is known; without one of the others, only what stands in it.</summary>
    private static string? Text(FactReader reader, string path) =>
        path != Status ? reader.Text(path, MaximumBytes)
            : reader.Files.Find(path) is { IsRegular: true } ? reader.Files.ReadText(path, MaximumBytes)
            : null;

    private static IEnumerable<(string Path, bool IsDirectoryEntry)> Sources(FactReader reader)
    {
        yield return (Status, false);

        // dpkg names its journal files by number; anything else there is not a part of it.
        foreach (var path in reader.Glob($"{Updates}/*").Where(path => GuestPath.Name(path).All(char.IsAsciiDigit)))
        {
            yield return (path, false);
        }

        foreach (var path in reader.Glob($"{StatusDirectory}/*").Where(path => !path.EndsWith(".md5sums", StringComparison.Ordinal)))
        {
            yield return (path, true);
        }
    }

    private static void Add(
        FactReader reader,
        Dictionary<(string Name, string Architecture), (DpkgStanza Stanza, string State)> records,
        DpkgStanza stanza,
        string path,
        bool isDirectoryEntry)
    {
        if (stanza["Package"] is not { Length: > 0 } name)
        {
            reader.Warn(path, $"line {stanza.Line}: expected a Package field, found none");
            return;
        }

        var words = stanza["Status"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var state = words switch
        {
            null when isDirectoryEntry => "installed",
            [_, _, var third] => third.ToLowerInvariant(),
            _ => null,
        };
        if (state is null)
        {
            reader.Warn(path, $"line {stanza.Line}: expected a Status of three words for {name}, found '{stanza["Status"]}'");
            return;
        }

        if (InstalledStates.Contains(state) && stanza["Version"] is not { Length: > 0 })
        {
            reader.Warn(path, $"line {stanza.Line}: expected a Version for the installed package {name}, found none");
            return;
        }

        records[(name, stanza["Architecture"] ?? "")] = (stanza, state);
    }

    private static Package ToPackage(DpkgStanza stanza, string state)
    {
        var name = stanza["Package"] ?? "";
        var version = stanza["Version"] ?? "";
        var (sourceName, sourceVersion) = ParseSource(stanza["Source"], name, version);
        return new Package(
            name,
            version,
            stanza["Architecture"] ?? "",
            sourceName,
            sourceVersion,
            stanza["Maintainer"],
            stanza["Section"],
            "yes".Equals(stanza["Essential"], StringComparison.OrdinalIgnoreCase),
            long.TryParse(stanza["Installed-Size"], NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) && kibibytes < long.MaxValue >> 10
                ? kibibytes << 10
                : null,
            state);
    }

    /// <summary><c>Source: name (version)</c>; both parts are left out where they equal the binary package's.</summary>
    private static (string Name, string Version) ParseSource(string? source, string name, string version)
    {
        if (source is not { Length: > 0 })
        {
            return (name, version);
        }

        var open = source.IndexOf('(', StringComparison.Ordinal);
        var close = source.IndexOf(')', StringComparison.Ordinal);
        return open > 0 && close > open
            ? (source[..open].Trim(), source[(open + 1)..close].Trim())
            : (source.Trim(), version);
    }
}
