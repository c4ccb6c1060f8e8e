using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Network;
using Orchestration.Inspection.Packages;
using Orchestration.Inspection.Text;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>Identifies a guest by its own release files; an id that nobody has heard of is reported as it stands.</summary>
internal static partial class OperatingSystemReader
{
    private static readonly string[] Programs = ["/bin/sh", "/bin/bash", "/bin/ls", "/usr/bin/env", "/usr/bin/ls"];

    private const string Systemd = "/usr/lib/systemd/systemd";

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. ReleaseFiles.Paths, .. HostnameReader.Paths, .. BsdReader.Paths, "/etc/machine-id", "/sbin/init",
    ];

    /// <summary>Files of which the first bytes are enough.</summary>
    public static IReadOnlyList<string> HeaderPaths { get; } = [.. Programs, .. WindowsRegistry.HivePaths, .. BsdReader.HeaderPaths, Systemd, "/sbin/openrc", .. PackageFormat.All.SelectMany(format => format.Managers)];

    public static OperatingSystemFacts Read(FactReader reader, WindowsRegistry? registry) =>
        registry is not null ? WindowsIdentity.Read(reader, registry) : BsdReader.Read(reader) ?? ReadLinux(reader);

    private static OperatingSystemFacts ReadLinux(FactReader reader)
    {
        var release = ReleaseFiles.Read(reader);
        var distribution = release.GetValueOrDefault("ID")?.ToLowerInvariant() is { Length: > 0 } id ? id : "unknown";
        var derivedFrom = release.GetValueOrDefault("ID_LIKE")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var version = FindVersion(reader, distribution, release);
        var numbers = VersionNumbers().Match(version ?? "");
        var packages = PackageFormat.Find(reader);
        return new OperatingSystemFacts
        {
            Type = "linux",
            Distribution = distribution,
            Family = DistributionFamilies.Find(distribution, derivedFrom),
            DerivedFrom = derivedFrom,
            ProductName = release.GetValueOrDefault("PRETTY_NAME") ?? release.GetValueOrDefault("NAME"),
            Version = version,
            MajorVersion = Number(numbers.Groups["major"]),
            MinorVersion = Number(numbers.Groups["minor"]),
            Codename = release.GetValueOrDefault("VERSION_CODENAME"),
            Variant = release.GetValueOrDefault("VARIANT_ID"),
            BuildId = release.GetValueOrDefault("BUILD_ID"),
            SupportEnds = DateOnly.TryParseExact(release.GetValueOrDefault("SUPPORT_END"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) ? end : null,
            Hostname = HostnameReader.Read(reader),
            Architecture = FindArchitecture(reader),
            PackageFormat = packages?.Name,
            PackageManager = packages?.FindManager(reader),
            MachineId = FirstLine(reader.Text("/etc/machine-id")) is { } machineId && machineId != "uninitialized" ? machineId : null,
            InitSystem = FindInitSystem(reader),
            Warnings = reader.Warnings,
        };
    }

    public static string? FindArchitecture(FactReader reader) =>
        Programs.Select(program => ElfHeader.Architecture(reader.Start(program, ElfHeader.Length))).FirstOrDefault(architecture => architecture is not null);

    /// <summary>A release file's version counts where it says more than os-release; on derivatives of Debian <c>debian_version</c> is not theirs.</summary>
    private static string? FindVersion(FactReader reader, string distribution, IReadOnlyDictionary<string, string> release)
    {
        var version = release.GetValueOrDefault("VERSION_ID") is { Length: > 0 } id ? id : null;
        return ReleaseFiles.FindPointRelease(reader, distribution) is { } point
            && VersionNumbers().IsMatch(point)
            && (version is null || point.StartsWith(version + ".", StringComparison.Ordinal))
                ? point
                : version;
    }

    private static string? FindInitSystem(FactReader reader)
    {
        if (reader.Find("/sbin/init", follow: false) is not { } init)
        {
            return reader.Exists(Systemd) ? "systemd" : null;
        }

        var target = init.Kind == FileKind.SymbolicLink ? GuestPath.Name(reader.Link("/sbin/init") ?? "") : "";
        return target switch
        {
            "systemd" => "systemd",
            "busybox" => reader.Exists("/sbin/openrc") ? "openrc" : "busybox",
            "openrc-init" => "openrc",
            "runit-init" => "runit",
            "dinit" => "dinit",
            "s6-linux-init" => "s6",
            _ when reader.Exists("/sbin/openrc") => "openrc",
            _ when reader.Exists("/etc/inittab") => "sysvinit",
            _ when reader.Exists("/etc/init") => "upstart",
            _ => "unknown",
        };
    }

    private static string? FirstLine(string? text) =>
        text is not null && TextLines.Significant(text).FirstOrDefault().Text is { Length: > 0 } line ? line : null;

    private static int? Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(?<major>\d{1,6})(?:\.(?<minor>\d{1,6}))?(?!\w)")]
    private static partial Regex VersionNumbers();
}
