using System.Globalization;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Packages.Alpine;

/// <summary>apk's <c>installed</c>, by apk-spec "installed database": lines of one letter, a colon and a value; a package ends with an empty line, or the file.</summary>
internal static class ApkDatabase
{
    private const int MaximumBytes = 128 << 20;

    // apk-tools 3 keeps it below /usr.
    public static IReadOnlyList<string> Paths { get; } = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

    public static DatabaseContent? Read(FactReader reader)
    {
        if (Paths.FirstOrDefault(path => reader.Files.Find(path) is { IsRegular: true }) is not { } database)
        {
            return null;
        }

        var packages = new List<Package>();
        var fields = new Dictionary<char, string>();
        foreach (var (number, line) in TextLines.Of(reader.Files.ReadText(database, MaximumBytes) + "\n"))
        {
            if (line.Length == 0)
            {
                Add(reader, packages, fields, database, number);
                fields.Clear();
            }
            else if (line is [var letter, ':', ..])
            {
                // A package's own fields come before those of its files; of the letters that both use, the first counts.
                fields.TryAdd(letter, line[2..]);
            }
        }

        return new DatabaseContent(database, packages);
    }

    private static void Add(FactReader reader, List<Package> packages, Dictionary<char, string> fields, string database, int line)
    {
        if (fields.Count == 0)
        {
            return;
        }

        if (!fields.TryGetValue('P', out var name) || !fields.TryGetValue('V', out var version))
        {
            reader.Warn(database, $"before line {line}: expected a package with P: and V:, found one without");
            return;
        }

        packages.Add(new Package(
            name,
            version,
            fields.GetValueOrDefault('A', ""),
            fields.GetValueOrDefault('o', name),
            version,
            fields.GetValueOrDefault('m'),
            Section: null,
            Essential: false,
            long.TryParse(fields.GetValueOrDefault('I'), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null,
            "installed")
        {
            Licence = fields.GetValueOrDefault('L'),
        });
    }
}
