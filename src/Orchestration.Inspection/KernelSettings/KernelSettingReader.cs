using Orchestration.Inspection.Boot;

namespace Orchestration.Inspection.KernelSettings;

internal static class KernelSettingReader
{
    public static IReadOnlyList<string> Paths { get; } = [.. SysctlReader.Paths, .. ModuleReader.Paths];

    public static IReadOnlyList<string> HeaderPaths => SysctlReader.HeaderPaths;

    public static KernelSettingFacts Read(FactReader reader, BootFacts boot)
    {
        var (parameters, excluded) = SysctlReader.Read(reader);
        return new KernelSettingFacts
        {
            Parameters = parameters,
            ExcludedParameters = excluded,
            ModuleRules = ModuleReader.ReadRules(reader),
            AvailableModules = ModuleReader.ReadAvailable(reader, boot.Kernels.LastOrDefault(kernel => kernel.Modules is not null)?.Modules),
            Warnings = reader.Warnings,
        };
    }
}
