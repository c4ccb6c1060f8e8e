namespace Orchestration.Inspection.Services;

/// <summary>Services of runit, as Void has them: a directory in <c>/etc/sv</c>, supervised where the default run level links to it, unless it holds a file <c>down</c>.</summary>
internal static class RunitReader
{
    private const string Services = "/etc/sv";

    private const string Enabled = "/etc/runit/runsvdir/default";

    public static IReadOnlyList<string> Paths { get; } = [$"{Services}/*", $"{Enabled}/*"];

    public static IReadOnlyList<Unit> Read(FactReader reader)
    {
        var enabled = reader.List(Enabled).Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from service in reader.List(Services)
               where service.IsDirectory
               let starts = enabled.Contains(service.Name) && !reader.Exists($"{service.Path}/down")
               select new Unit($"{service.Name}.service", starts ? "enabled" : "disabled", service.Path, null, starts ? ["default"] : [], [], [], []),
        ];
    }
}
