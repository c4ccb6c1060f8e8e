using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Packages;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>Identifies a Linux guest by its own release files; an id that nobody has heard of is reported as it stands.</summary>
internal static partial class OperatingSystemReader
{
    private static readonly string[] Programs = ["/bin/sh", "/bin/bash", "/bin/ls", "/usr/bin/env"];

    public static IReadOnlyList<string> Paths { get; } =
    [
        "/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release", "/etc/debian_version", "/etc/hostname", "/etc/machine-id", "/sbin/init",
    ];

    /// <summary>Files of which the first bytes are enough.</summary>
    public static IReadOnlyList<string> HeaderPaths { get; } = [.. Programs, .. PackageFormat.All.SelectMany(format => format.Managers)];

    public static OperatingSystemFacts Read(FactReader reader)
    {
        var release = ReadRelease(reader);
        var distribution = release.GetValueOrDefault("ID")?.Value.ToLowerInvariant() is { Length: > 0 } id ? id : "unknown";
        var version = FindVersion(reader, distribution, release);
        var numbers = VersionNumbers().Match(version ?? "");
        var packages = PackageFormat.Find(reader);
        return new OperatingSystemFacts
        {
            Type = "linux",
            Distribution = distribution,
            DerivedFrom = release.GetValueOrDefault("ID_LIKE")?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            ProductName = release.GetValueOrDefault("PRETTY_NAME")?.Value ?? release.GetValueOrDefault("NAME")?.Value,
            Version = version,
            MajorVersion = Number(numbers.Groups["major"]),
            MinorVersion = Number(numbers.Groups["minor"]),
            Codename = release.GetValueOrDefault("VERSION_CODENAME")?.Value,
            Hostname = FirstLine(reader.Text("/etc/hostname")),
            Architecture = Programs.Select(program => ElfHeader.Architecture(reader.Start(program, ElfHeader.Length)))
                .FirstOrDefault(architecture => architecture is not null),
            PackageFormat = packages?.Name,
            PackageManager = packages?.FindManager(reader),
            MachineId = FirstLine(reader.Text("/etc/machine-id")) is { } machineId && machineId != "uninitialized" ? machineId : null,
            InitSystem = FindInitSystem(reader),
            Warnings = reader.Warnings,
        };
    }

    private static IReadOnlyDictionary<string, Assignment> ReadRelease(FactReader reader)
    {
        foreach (var path in new[] { "/etc/os-release", "/usr/lib/os-release" })
        {
            if (reader.Text(path) is { } text)
            {
                return ShellAssignments.Parse(text);
            }
        }

        if (reader.Text("/etc/lsb-release") is not { } lsb)
        {
            return new Dictionary<string, Assignment>();
        }

        var names = new Dictionary<string, string>
        {
            ["DISTRIB_ID"] = "ID",
            ["DISTRIB_RELEASE"] = "VERSION_ID",
            ["DISTRIB_CODENAME"] = "VERSION_CODENAME",
            ["DISTRIB_DESCRIPTION"] = "PRETTY_NAME",
        };
        return ShellAssignments.Parse(lsb).Where(pair => names.ContainsKey(pair.Key)).ToDictionary(pair => names[pair.Key], pair => pair.Value);
    }

    /// <summary>Debian's os-release has no point release; <c>/etc/debian_version</c> has it, but on derivatives it is Debian's and not theirs.</summary>
    private static string? FindVersion(FactReader reader, string distribution, IReadOnlyDictionary<string, Assignment> release)
    {
        var version = release.GetValueOrDefault("VERSION_ID")?.Value is { Length: > 0 } id ? id : null;
        return distribution == "debian"
            && FirstLine(reader.Text("/etc/debian_version")) is { } debian
            && VersionNumbers().IsMatch(debian)
            && (version is null || debian.StartsWith(version + ".", StringComparison.Ordinal))
                ? debian
                : version;
    }

    private static string? FindInitSystem(FactReader reader)
    {
        if (reader.Find("/sbin/init", follow: false) is not { } init)
        {
            return null;
        }

        var target = init.Kind == FileKind.SymbolicLink ? GuestPath.Name(reader.Link("/sbin/init") ?? "") : "";
        return target switch
        {
            "systemd" => "systemd",
            "busybox" => "busybox",
            "openrc-init" => "openrc",
            "runit-init" => "runit",
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
