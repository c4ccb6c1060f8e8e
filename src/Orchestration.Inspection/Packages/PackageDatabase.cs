namespace Orchestration.Inspection.Packages;

/// <summary>A place where a packaging system records what is installed.</summary>
/// <param name="Path">File or directory that is there where the system is used.</param>
/// <param name="Format"><c>deb</c>, <c>rpm</c>, …</param>
/// <param name="Manager">The program that people use with it.</param>
internal sealed record PackageDatabase(string Path, string Format, string Manager)
{
    private static readonly PackageDatabase[] All =
    [
        new("/var/lib/dpkg/status", "deb", "apt"),
        new("/var/lib/dpkg/status.d", "deb", "none"),
        new("/var/lib/rpm", "rpm", "dnf"),
        new("/usr/lib/sysimage/rpm", "rpm", "dnf"),
        new("/lib/apk/db/installed", "apk", "apk"),
        new("/usr/lib/apk/db/installed", "apk", "apk"),
        new("/var/lib/pacman/local", "pacman", "pacman"),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. All.Select(database => database.Path)];

    /// <summary>The first one that the guest has; null where it has none.</summary>
    public static PackageDatabase? Find(FactReader reader) => All.FirstOrDefault(database => reader.Exists(database.Path));
}
