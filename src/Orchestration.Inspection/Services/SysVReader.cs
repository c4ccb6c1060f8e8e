namespace Orchestration.Inspection.Services;

/// <summary>
/// SysV scripts that no unit of the same name replaces: systemd makes units of them at boot, and an S-link in run levels 2 to 5 starts
/// them (systemd-sysv-generator(8)).
/// </summary>
internal static class SysVReader
{
    public const string Scripts = "/etc/init.d";

    private static readonly string[] RunLevels = ["2", "3", "4", "5"];

    public static IReadOnlyList<string> Paths { get; } = [$"{Scripts}/*", .. RunLevels.Select(level => $"/etc/rc{level}.d/*")];

    public static IReadOnlyList<Unit> Read(FactReader reader, IReadOnlyList<Unit> units)
    {
        var known = units.Select(unit => unit.Name).ToHashSet(StringComparer.Ordinal);
        var started = RunLevels.SelectMany(level => reader.List($"/etc/rc{level}.d")
                .Where(link => link.Name is ['S', >= '0' and <= '9', >= '0' and <= '9', ..])
                .Select(link => (Script: link.Name[3..], RunLevel: $"runlevel{level}.target")))
            .ToLookup(link => link.Script, link => link.RunLevel);
        return
        [
            .. from script in reader.List(Scripts)
               where script.Name is not ("README" or "rc" or "rcS" or "skeleton" or "functions") && (script.IsLink || (script.Permissions & 0b001_001_001) != 0)
               let name = (script.Name.EndsWith(".sh", StringComparison.Ordinal) ? script.Name[..^3] : script.Name) + ".service"
               where !known.Contains(name)
               let levels = started[script.Name].Distinct().ToList()
               select new Unit(name, levels.Count > 0 ? "generated" : "disabled", script.Path, null, levels, [], [], []),
        ];
    }
}
