namespace Orchestration.Inspection.Packages;

/// <summary>What the guest's package databases say is installed.</summary>
public sealed record PackageFacts : FactSet
{
    /// <summary>
    /// The format of the database with the most packages, which is the distribution's own: <c>deb</c>, <c>rpm</c>, <c>apk</c>, <c>pacman</c>,
    /// <c>portage</c>, <c>xbps</c>; null where the guest has none.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>Every database that the guest has, also empty and unreadable ones.</summary>
    public IReadOnlyList<PackageDatabase> Databases { get; init; } = [];

    /// <summary>Installed packages, sorted by name and then architecture in ordinal order.</summary>
    public IReadOnlyList<Package> Installed { get; init; } = [];

    /// <summary>Packages that the database names but that are not installed (<c>config-files</c>, <c>half-installed</c>, …), counted by state.</summary>
    public IReadOnlyDictionary<string, int> NotInstalled { get; init; } = new Dictionary<string, int>();

    /// <summary>Keys that an rpm database trusts for signatures, which it keeps as packages named <c>gpg-pubkey</c>.</summary>
    public IReadOnlyList<SigningKey> SigningKeys { get; init; } = [];

    /// <summary>Applications that bring their own libraries with them: snaps and flatpaks.</summary>
    public IReadOnlyList<ApplicationBundle> Bundles { get; init; } = [];

    /// <summary>The installed package of that name; null where there is none.</summary>
    public Package? Find(string name) => Installed.FirstOrDefault(package => package.Name == name);

    public bool Has(string name) => Find(name) is not null;
}

/// <param name="Format">As <see cref="PackageFacts.Format"/>.</param>
/// <param name="Path">The file or directory that it is.</param>
/// <param name="Packages">Number of installed packages; null where it cannot be read, which a warning explains.</param>
public sealed record PackageDatabase(string Format, string Path, int? Packages);

/// <param name="Name">Without architecture; portage's with its category.</param>
/// <param name="Version">As the packaging system writes it, with epoch and revision.</param>
/// <param name="Architecture">In the packaging system's own words: <c>amd64</c>, <c>noarch</c>.</param>
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
    string Status)
{
    /// <summary>The format of the database that it is in, as <see cref="PackageFacts.Format"/>.</summary>
    public string Format { get; init; } = "";

    /// <summary>In the package's own words; null where not recorded.</summary>
    public string? Licence { get; init; }

    /// <summary>When this version was installed; null where not recorded.</summary>
    public DateTimeOffset? InstalledAt { get; init; }

    /// <summary>The module stream of an rpm, as <c>name:stream:version:context</c>: advisories of one stream say nothing of another. Null outside modules.</summary>
    public string? ModularityLabel { get; init; }
}

/// <param name="Id">Version and release of the pseudo package: the end of the key's id, and its time, in hexadecimal digits.</param>
/// <param name="Owner">As the key names it; null where not recorded.</param>
public sealed record SigningKey(string Id, string? Owner);

/// <param name="Format"><c>snap</c> or <c>flatpak</c>.</param>
/// <param name="Name">The snap's name, or the application's id.</param>
/// <param name="Kind"><c>app</c>, <c>runtime</c>, <c>base</c>, <c>kernel</c>, …</param>
/// <param name="Revision">A snap's revision number, a flatpak's commit; null where not recorded.</param>
/// <param name="Channel">A snap's channel, a flatpak's branch; null where not recorded.</param>
/// <param name="Architecture">Null where not recorded.</param>
/// <param name="Enabled">A snap may be installed and disabled.</param>
/// <param name="File">Where it is recorded.</param>
public sealed record ApplicationBundle(
    string Format,
    string Name,
    string Kind,
    string? Revision,
    string? Channel,
    string? Architecture,
    bool Enabled,
    string File);
