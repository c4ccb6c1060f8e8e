using System.Text.RegularExpressions;
using Orchestration.Inspection.Network;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>Recognises the systems of the BSD family by the files that only they have. More than name, version and host name is not known of them.</summary>
internal static partial class BsdReader
{
    // The file that makes a root one of these, and the one with the version in it.
    private static readonly (string Type, string Name, string Marker, string VersionFile)[] Systems =
    [
        ("freebsd", "FreeBSD", "/bin/freebsd-version", "/bin/freebsd-version"),
        ("freebsd", "FreeBSD", "/etc/freebsd-update.conf", "/boot/kernel/version"),
        ("netbsd", "NetBSD", "/netbsd", "/etc/release"),
        ("openbsd", "OpenBSD", "/bsd", "/etc/motd"),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. Systems.Select(system => system.VersionFile).Distinct()];

    public static IReadOnlyList<string> HeaderPaths { get; } = [.. Systems.Select(system => system.Marker).Distinct()];

    /// <returns>Null where the guest is none of them.</returns>
    public static OperatingSystemFacts? Read(FactReader reader)
    {
        if (Array.Find(Systems, system => reader.Exists(system.Marker)) is not { Type: { } type } found)
        {
            return null;
        }

        var version = Version().Match(reader.Text(found.VersionFile) ?? "");
        return new OperatingSystemFacts
        {
            Type = type,
            Distribution = type,
            Family = "bsd",
            ProductName = $"{found.Name} {version.Value}".TrimEnd(),
            Version = version.Success ? version.Value : null,
            MajorVersion = version.Success ? int.Parse(version.Groups["major"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null,
            MinorVersion = version.Success ? int.Parse(version.Groups["minor"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null,
            Hostname = HostnameReader.Read(reader),
            Architecture = OperatingSystemReader.FindArchitecture(reader),
            InitSystem = "rc",
            Warnings = reader.Warnings,
        };
    }

    /// <summary><c>14.1-RELEASE-p5</c>, <c>9.3</c>.</summary>
    [GeneratedRegex(@"(?<![\d.])(?<major>\d{1,3})\.(?<minor>\d{1,3})(?:-[A-Z]+\d*(?:-p\d+)?)?(?![\w.])")]
    private static partial Regex Version();
}
