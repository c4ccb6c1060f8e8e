namespace Orchestration.Inspection.Software;

/// <summary>What the guest is for, and what it needs of its host: servers, container engines and guest agents that are installed.</summary>
public sealed record SoftwareFacts : FactSet
{
    /// <summary>In order of kind and name.</summary>
    public IReadOnlyList<DetectedSoftware> Detected { get; init; } = [];

    /// <summary>Databases that have data, by the directory that holds it.</summary>
    public IReadOnlyList<DatabaseDirectory> Databases { get; init; } = [];

    public bool Has(string name) => Detected.Any(software => software.Name == name);
}

/// <param name="Name"><c>postgresql</c>, <c>nginx</c>, <c>qemu-guest-agent</c>, …</param>
/// <param name="Kind"><c>database</c>, <c>web-server</c>, <c>container-engine</c>, <c>guest-agent</c> or <c>provisioning</c>.</param>
/// <param name="Version">Of the package it came in; null where no package is known.</param>
/// <param name="StartsAtBoot">Its service is enabled, and nothing of its own turns it off.</param>
/// <param name="Evidence">The file that shows that it is there.</param>
public sealed record DetectedSoftware(string Name, string Kind, string? Version, bool StartsAtBoot, string Evidence);

/// <param name="Name">As <see cref="DetectedSoftware.Name"/>.</param>
/// <param name="Path">The directory of its data.</param>
/// <param name="Version">Of the data's format, where it says so; else null.</param>
public sealed record DatabaseDirectory(string Name, string Path, string? Version);
