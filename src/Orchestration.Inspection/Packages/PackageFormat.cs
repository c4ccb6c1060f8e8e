using Orchestration.Inspection.Packages.Alpine;
using Orchestration.Inspection.Packages.Dpkg;
using Orchestration.Inspection.Packages.Pacman;
using Orchestration.Inspection.Packages.Portage;
using Orchestration.Inspection.Packages.Rpm;

namespace Orchestration.Inspection.Packages;

/// <summary>A packaging system whose database can be read.</summary>
/// <param name="Name"><c>deb</c>, <c>rpm</c>, …</param>
/// <param name="Markers">Files or directories of which one is there, and not an empty file, where the system is used.</param>
/// <param name="Paths">What reading the database rests on.</param>
/// <param name="Managers">Programs that people install packages with, the one they are told to use first.</param>
/// <param name="UsualManager">What they use where none of these is found and the first marker is there, as after a removal of the program.</param>
/// <param name="Read">Reads it; null where there is none. Throws <see cref="InspectionException"/> where it is there and cannot be read.</param>
internal sealed record PackageFormat(
    string Name,
    IReadOnlyList<string> Markers,
    IReadOnlyList<string> Paths,
    IReadOnlyList<string> Managers,
    string UsualManager,
    Func<FactReader, DatabaseContent?> Read)
{
    public static IReadOnlyList<PackageFormat> All { get; } =
    [
        new("deb", ["/var/lib/dpkg/status", "/var/lib/dpkg/status.d"], DpkgDatabase.Paths, ["/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/dpkg"], "apt", DpkgDatabase.Read),
        new("rpm", RpmDatabase.Paths, RpmDatabase.Paths,
            [
                "/usr/bin/rpm-ostree", "/usr/bin/zypper", "/usr/bin/tdnf", "/usr/bin/dnf", "/usr/bin/dnf5", "/usr/bin/microdnf", "/usr/bin/yum",
                "/usr/bin/urpmi", "/usr/bin/apt-get", "/usr/bin/rpm", "/bin/rpm",
            ],
            "dnf",
            RpmDatabase.Read),
        new("apk", ApkDatabase.Paths, ApkDatabase.Paths, ["/sbin/apk", "/usr/bin/apk", "/usr/sbin/apk"], "apk", ApkDatabase.Read),
        new("pacman", [PacmanDatabase.Local], PacmanDatabase.Paths, ["/usr/bin/pacman"], "pacman", PacmanDatabase.Read),
        new("portage", [$"{PortageDatabase.Root}/sys-apps"], PortageDatabase.Paths, ["/usr/bin/emerge"], "emerge", PortageDatabase.Read),
    ];

    /// <summary>The first system that the guest uses; null where it uses none.</summary>
    public static PackageFormat? Find(FactReader reader) =>
        All.FirstOrDefault(format => format.Markers.Any(marker => reader.Find(marker) is { } found && (!found.IsRegular || found.Size > 0)));

    /// <summary>The name of the program that installs packages here; <c>none</c> where the guest has only the database, as images built without dpkg.</summary>
    public string FindManager(FactReader reader) =>
        Managers.FirstOrDefault(reader.Exists) is { } program ? Files.GuestPath.Name(program) : reader.Exists(Markers[0]) ? UsualManager : "none";
}
