namespace Orchestration.Inspection.Services;

/// <summary>Services of OpenRC: scripts in <c>/etc/init.d</c>, started by links in the directories of run levels (rc-update(8)).</summary>
internal static class OpenRcReader
{
    private const string RunLevels = "/etc/runlevels";

    // What the machine enters on its own, in order; others are for special occasions.
    private static readonly string[] BootLevels = ["sysinit", "boot", "default", "nonetwork"];

    public static IReadOnlyList<string> Paths { get; } = [$"{RunLevels}/*/*"];

    public static bool IsUsed(FactReader reader) => reader.Find(RunLevels) is { IsDirectory: true };

    public static IReadOnlyList<Unit> Read(FactReader reader)
    {
        var levels = BootLevels.SelectMany(level => reader.List($"{RunLevels}/{level}").Select(link => (link.Name, Level: level)))
            .ToLookup(link => link.Name, link => link.Level);
        return
        [
            .. from script in reader.List(SysVReader.Scripts)
               where !script.IsDirectory && !script.Name.EndsWith(".sh", StringComparison.Ordinal)
               let started = levels[script.Name].ToList()
               select new Unit($"{script.Name}.service", started.Count > 0 ? "enabled" : "disabled", script.Path, null, started, [], [], []),
        ];
    }
}
