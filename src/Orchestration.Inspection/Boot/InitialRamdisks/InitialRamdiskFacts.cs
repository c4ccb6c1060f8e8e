using Orchestration.Inspection.KernelSettings;

namespace Orchestration.Inspection.Boot.InitialRamdisks;

/// <summary>What the initial RAM disk of the default kernel holds. Without the driver of its disk in there, or in the kernel, a guest does not start.</summary>
public sealed record InitialRamdiskFacts : FactSet
{
    /// <summary>The kernel that it starts; null where the guest has none.</summary>
    public string? KernelVersion { get; init; }

    /// <summary>Path; null where the default kernel has none.</summary>
    public string? Path { get; init; }

    /// <summary><c>none</c>, <c>gzip</c>, <c>zstd</c>, <c>xz</c>, …; null where there is no initial RAM disk.</summary>
    public string? Compression { get; init; }

    /// <summary>Names of the modules in it, with underscores; null where it could not be read, which a warning explains.</summary>
    public IReadOnlySet<string>? Modules { get; init; }

    /// <summary>Names of the modules that are part of the kernel itself, with underscores; null where unknown.</summary>
    public IReadOnlySet<string>? BuiltIn { get; init; }

    /// <summary>Whether the driver is there before the root is: in the disk or in the kernel. Null where that cannot be told.</summary>
    public bool? Has(string module) => ModuleRule.Canonical(module) switch
    {
        var name when Modules?.Contains(name) == true || BuiltIn?.Contains(name) == true => true,
        _ => Modules is null || BuiltIn is null ? null : false,
    };
}
