using System.Text.Json;

namespace Orchestration.Profiles.Comparison;

/// <summary>
/// Makes settings that can be compared one by one of the sections of an inspection: items of lists are known by their name, so that a new
/// line in a file does not make everything after it look changed.
/// </summary>
public static class ConfigurationReader
{
    private const int MaximumSettings = 100_000;

    /// <summary>Sections of an inspection that are compared setting by setting, by the names that its document gives them.</summary>
    public static IReadOnlyList<string> Sections { get; } =
    [
        "operating_system", "boot", "services", "scheduling", "users", "network", "ssh", "firewall", "access_control", "storage", "authentication", "kernel_settings", "logging",
        "certificates", "software", "windows", "packages",
    ];

    /// <summary>Sections of an inspection that are not compared, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NotCompared { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["image"] = "the comparison is of guests, not of the files that hold them",
        ["disk_layout"] = "where things lie differs between disks of equal guests; what is mounted is in storage",
        ["mountpoints"] = "names of devices; what is mounted is in storage",
        ["databases"] = "a part of software, which is compared",
    };

    // Where something stands changes when its neighbours do; warnings are about reading, not about the guest.
    private static readonly string[] Ignored = ["line", "warnings"];

    // Lists that are compared elsewhere, counts of them, and what changes whenever a machine runs.
    private static readonly Dictionary<string, string[]> IgnoredIn = new(StringComparer.Ordinal)
    {
        ["packages"] = ["installed", "databases", "not_installed", "count"],
        ["windows"] = ["replayed_hives", "last_login"],
    };

    private static readonly string[] Names = ["name", "keyword", "who", "device", "mount_point", "version", "title", "address", "command", "id"];

    // What tells items apart that have no name.
    private static readonly string[][] Parts = [["service", "type", "module"], ["tool", "protocol", "ports", "source"], ["module", "action"], ["path"]];

    /// <param name="document">An inspection, or facts in the form that it has them in.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Read(JsonElement document)
    {
        var sections = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var name in Sections)
        {
            if (document.TryGetProperty(name, out var section) && section.ValueKind == JsonValueKind.Object)
            {
                var settings = new Dictionary<string, string>(StringComparer.Ordinal);
                Flatten(section, "", [.. Ignored, .. IgnoredIn.GetValueOrDefault(name, [])], settings);
                sections[name] = settings;
            }
        }

        return sections;
    }

    private static void Flatten(JsonElement value, string place, IReadOnlyList<string> ignored, Dictionary<string, string> settings)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject().Where(member => !ignored.Contains(member.Name)))
                {
                    Flatten(member.Value, place.Length == 0 ? member.Name : $"{place}.{member.Name}", ignored, settings);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)):
                Add(settings, place, string.Join(", ", value.EnumerateArray().Select(item => item.ToString())));
                break;
            case JsonValueKind.Array:
                var seen = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var item in value.EnumerateArray())
                {
                    var name = Identify(item);
                    seen[name] = seen.GetValueOrDefault(name) + 1;
                    Flatten(item, seen[name] == 1 ? $"{place}[{name}]" : $"{place}[{name}#{seen[name]}]", ignored, settings);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                Add(settings, place, value.ToString());
                break;
        }
    }

    private static string Identify(JsonElement item) => item.ValueKind != JsonValueKind.Object
        ? ""
        : Names.Select(name => Word(item, name)).FirstOrDefault(name => name is not null)
            ?? Parts.Select(parts => string.Join(' ', parts.Select(part => Word(item, part)).OfType<string>())).FirstOrDefault(name => name.Length > 0) ?? "";

    private static string? Word(JsonElement item, string member) =>
        item.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;

    private static void Add(Dictionary<string, string> settings, string place, string value)
    {
        if (settings.Count < MaximumSettings)
        {
            settings[place] = value;
        }
    }
}
