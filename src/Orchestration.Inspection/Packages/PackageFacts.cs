namespace Orchestration.Inspection.Packages;

/// <summary>What the guest's package database says is installed.</summary>
public sealed record PackageFacts : FactSet
{
    /// <summary><c>deb</c>; null where the guest has no database that can be read.</summary>
    public string? Format { get; init; }

    /// <summary>Installed packages, sorted by name and then architecture in ordinal order.</summary>
    public IReadOnlyList<Package> Installed { get; init; } = [];

    /// <summary>Packages that the database names but that are not installed (<c>config-files</c>, <c>half-installed</c>, …), counted by state.</summary>
    public IReadOnlyDictionary<string, int> NotInstalled { get; init; } = new Dictionary<string, int>();

    /// <summary>The installed package of that name; null where there is none.</summary>
    public Package? Find(string name) => Installed.FirstOrDefault(package => package.Name == name);

    public bool Has(string name) => Find(name) is not null;
}

/// <param name="Name">Without architecture.</param>
/// <param name="Version">As the packaging system writes it, with epoch and revision.</param>
/// <param name="Architecture">In the packaging system's own words: <c>amd64</c>, <c>all</c>.</param>
/// <param name="SourceName">The source package it was built from: advisories are about these.</param>
/// <param name="SourceVersion">Version of the source package.</param>
/// <param name="Maintainer">Null where not recorded.</param>
/// <param name="Section">Null where not recorded.</param>
/// <param name="Essential">The system does not work without it.</param>
/// <param name="InstalledSizeBytes">As the package claims; null where not recorded.</param>
/// <param name="Status"><c>installed</c>, <c>triggers-pending</c> or <c>triggers-awaited</c>.</param>
public sealed record Package(
    string Name,
    string Version,
    string Architecture,
    string SourceName,
    string SourceVersion,
    string? Maintainer,
    string? Section,
    bool Essential,
    long? InstalledSizeBytes,
    string Status);
