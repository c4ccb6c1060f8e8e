namespace Orchestration.Inspection.KernelSettings;

/// <summary>What the guest tells its kernel after boot: parameters and modules.</summary>
public sealed record KernelSettingFacts : FactSet
{
    /// <summary>Parameters in effect by sysctl.d(5), by name with dots; patterns are among them.</summary>
    public IReadOnlyList<KernelParameter> Parameters { get; init; } = [];

    /// <summary>Parameters that patterns leave alone.</summary>
    public IReadOnlyList<string> ExcludedParameters { get; init; } = [];

    /// <summary>Rules of modprobe.d(5) that keep modules from being loaded.</summary>
    public IReadOnlyList<ModuleRule> ModuleRules { get; init; } = [];

    /// <summary>Modules that the newest kernel has, built in or not, with underscores; null where the guest has no kernel.</summary>
    public IReadOnlySet<string>? AvailableModules { get; init; }

    /// <summary>The setting of a parameter: its own, else the last pattern that matches; null where the kernel's default holds.</summary>
    public KernelParameter? Find(string name) =>
        Parameters.FirstOrDefault(parameter => parameter.Name == name)
        ?? (ExcludedParameters.Contains(name, StringComparer.Ordinal)
            ? null
            : Parameters.LastOrDefault(parameter => Files.GuestPath.IsPattern(parameter.Name) && Files.GuestPath.Matches(parameter.Name, name)));

    /// <summary>Rules about a module, however its name is written.</summary>
    public IEnumerable<ModuleRule> FindRules(string module) => ModuleRules.Where(rule => rule.Module == ModuleRule.Canonical(module));
}

/// <param name="Name">With dots.</param>
/// <param name="Value">As written.</param>
/// <param name="File">Where it is set last.</param>
/// <param name="Line">Counted from one.</param>
public sealed record KernelParameter(string Name, string Value, string File, int Line);

/// <param name="Module">Canonical name, with underscores.</param>
/// <param name="Action"><c>blacklist</c>, or <c>install</c> with what is run instead of loading it.</param>
/// <param name="Command">The command of <c>install</c>; null for <c>blacklist</c>.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one.</param>
public sealed record ModuleRule(string Module, string Action, string? Command, string File, int Line)
{
    /// <summary>The command does nothing, so that asking for the module loads nothing.</summary>
    public bool PreventsLoading => Action == "install" && Command?.Split(' ')[0] is "/bin/true" or "/bin/false" or "/usr/bin/true" or "/usr/bin/false";

    /// <summary>The kernel takes hyphens and underscores in module names for the same.</summary>
    public static string Canonical(string module) => module.Replace('-', '_');
}
