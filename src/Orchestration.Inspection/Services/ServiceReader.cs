namespace Orchestration.Inspection.Services;

/// <summary>Every service that the guest's init system knows.</summary>
internal static class ServiceReader
{
    public static IReadOnlyList<string> Paths { get; } = 
    [
        .. UnitDirectories.Paths, .. PresetRules.Paths, .. SysVReader.Paths, .. OpenRcReader.Paths, .. UpstartReader.Paths, .. RunitReader.Paths,
    ];

    public static ServiceFacts Read(FactReader reader)
    {
        var units = new SystemdReader(reader).Read();
        var others = (OpenRcReader.IsUsed(reader) ? OpenRcReader.Read(reader) : SysVReader.Read(reader, units))
            .Concat(UpstartReader.Read(reader)).Concat(RunitReader.Read(reader));
        return new ServiceFacts
        {
            // One name is one service: a unit of systemd replaces a script, and an Upstart job too.
            Units = [.. units.Concat(others).DistinctBy(unit => unit.Name).OrderBy(unit => unit.Name, StringComparer.Ordinal)],
            DefaultTarget = SystemdReader.ReadDefaultTarget(reader),
            Warnings = reader.Warnings,
        };
    }
}
