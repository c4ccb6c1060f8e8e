namespace Orchestration.Inspection.Services;

/// <summary>Every service that the guest's init system knows.</summary>
internal static class ServiceReader
{
    public static IReadOnlyList<string> Paths { get; } = [.. UnitDirectories.Paths, .. SysVReader.Paths];

    public static ServiceFacts Read(FactReader reader)
    {
        var units = new SystemdReader(reader).Read();
        return new ServiceFacts
        {
            Units = [.. units.Concat(SysVReader.Read(reader, units)).OrderBy(unit => unit.Name, StringComparer.Ordinal)],
            DefaultTarget = SystemdReader.ReadDefaultTarget(reader),
            Warnings = reader.Warnings,
        };
    }
}
