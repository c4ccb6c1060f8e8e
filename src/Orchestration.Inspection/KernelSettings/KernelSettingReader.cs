using Orchestration.Inspection.Boot;
using Orchestration.Inspection.Firewalls;

namespace Orchestration.Inspection.KernelSettings;

internal static class KernelSettingReader
{
    public static IReadOnlyList<string> Paths { get; } = [.. SysctlReader.Paths, .. ModuleReader.Paths];

    public static IReadOnlyList<string> HeaderPaths => SysctlReader.HeaderPaths;

    public static KernelSettingFacts Read(FactReader reader, BootFacts boot, FirewallFacts firewall)
    {
        var (parameters, excluded) = SysctlReader.Read(reader, firewall.Active.Any(tool => tool.Name == "ufw"));
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
