namespace Orchestration.Inspection.Languages;

/// <summary>Packages that programming languages' own tools put among the guest's files, found by looking at every file's name.</summary>
public sealed record LanguagePackageFacts : FactSet
{
    /// <summary>In ordinal order of ecosystem, name, version and path.</summary>
    public IReadOnlyList<LanguagePackage> Found { get; init; } = [];

    /// <summary>Directories that were looked into.</summary>
    public int Directories { get; init; }

    /// <summary>Files that were opened.</summary>
    public int Files { get; init; }

    /// <summary>False where a limit of count, bytes or time ended the search before all was seen; a warning says which.</summary>
    public bool Complete { get; init; } = true;
}

/// <param name="Ecosystem">As OSV names it: <c>PyPI</c>, <c>npm</c>, <c>Maven</c>, <c>Go</c>, <c>NuGet</c>, <c>RubyGems</c>, <c>crates.io</c>, <c>Packagist</c>.</param>
/// <param name="Name">As its tool writes it; Maven's as <c>group:artifact</c>, or the artifact alone where its file does not say the group.</param>
/// <param name="Version">As its tool writes it.</param>
/// <param name="Path">The file that says so; for what lies in an archive, the archive's path, <c>!</c> and the path in it.</param>
public sealed record LanguagePackage(string Ecosystem, string Name, string Version, string Path)
{
    /// <summary>In the package's own words; null where not recorded.</summary>
    public string? Licence { get; init; }

    /// <summary>A lock file names it, and it is not installed beside that: it may be in a program that was built there.</summary>
    public bool Locked { get; init; }

    /// <summary>The package of the distribution that brought it, which alone knows what was patched; null where nobody claims the file.</summary>
    public string? Owner { get; init; }
}

/// <summary>How far a search goes.</summary>
public sealed record LanguageScanOptions
{
    /// <summary>Directories that are looked into.</summary>
    public int MaximumDirectories { get; init; } = 1_000_000;

    /// <summary>Entries of directories that are looked at.</summary>
    public long MaximumEntries { get; init; } = 20_000_000;

    /// <summary>Files that are opened.</summary>
    public int MaximumFiles { get; init; } = 500_000;

    /// <summary>Packages that are kept.</summary>
    public int MaximumPackages { get; init; } = 500_000;

    /// <summary>Bytes of documents and of what was packed in archives.</summary>
    public long MaximumBytes { get; init; } = 8L << 30;

    public TimeSpan MaximumTime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The clock that time is measured by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told in words how far the search is; called often, by one thread.</summary>
    public Action<string> Report { get; init; } = _ => { };
}
