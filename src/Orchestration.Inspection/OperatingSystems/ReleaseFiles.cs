using System.Text.RegularExpressions;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>
/// What a Linux guest says of itself, as the variables of os-release(5). Systems older than that file have release files of one line, each in
/// words of its own.
/// </summary>
internal static partial class ReleaseFiles
{
    private static readonly string[] OsRelease = ["/etc/os-release", "/usr/lib/os-release", "/etc/initrd-release"];

    private const string LsbRelease = "/etc/lsb-release";

    private const string SuseRelease = "/etc/SuSE-release";

    // Derivatives first: they keep the files of what they derive from.
    private static readonly string[] OneLineFiles =
    [
        "/etc/oracle-release", "/etc/almalinux-release", "/etc/rocky-release", "/etc/centos-release", "/etc/fedora-release", "/etc/photon-release",
        "/etc/mariner-release", "/etc/azurelinux-release", "/etc/altlinux-release", "/etc/mageia-release", "/etc/openEuler-release", "/etc/redhat-release",
        "/etc/system-release", "/etc/gentoo-release", "/etc/slackware-version", "/etc/pld-release", "/etc/openmandriva-release",
    ];

    // The beginning of the line, and the ID that the system's later releases have in os-release.
    private static readonly (string Beginning, string Id)[] Names =
    [
        ("Red Hat", "rhel"), ("CentOS", "centos"), ("Oracle", "ol"), ("Enterprise Linux Enterprise", "ol"), ("AlmaLinux", "almalinux"), ("Rocky", "rocky"),
        ("Scientific", "scientific"), ("CloudLinux", "cloudlinux"), ("Fedora", "fedora"), ("Amazon", "amzn"), ("VMware Photon", "photon"), ("Photon", "photon"),
        ("CBL-Mariner", "mariner"), ("Microsoft Azure Linux", "azurelinux"), ("ALT", "altlinux"), ("Mageia", "mageia"), ("openEuler", "openEuler"),
        ("Gentoo", "gentoo"), ("Slackware", "slackware"), ("openSUSE", "opensuse"), ("SUSE Linux Enterprise Desktop", "sled"), ("SUSE Linux Enterprise", "sles"),
        ("PLD", "pld"), ("OpenMandriva", "openmandriva"), ("XenServer", "xenserver"), ("Virtuozzo", "virtuozzo"), ("EulerOS", "euleros"),
    ];

    // Files of which being there says enough; a number in them is the version.
    private static readonly (string File, string Id)[] Marks =
    [
        ("/etc/alpine-release", "alpine"), ("/etc/arch-release", "arch"), ("/etc/NIXOS", "nixos"), ("/etc/cirros/version", "cirros"), ("/etc/debian_version", "debian"),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. OsRelease, LsbRelease, SuseRelease, .. OneLineFiles, .. Marks.Select(mark => mark.File)];

    public static IReadOnlyDictionary<string, string> Read(FactReader reader)
    {
        if (OsRelease.Select(path => reader.Text(path)).FirstOrDefault(text => text is not null) is { } osRelease)
        {
            return ShellAssignments.Parse(osRelease).ToDictionary(pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal);
        }

        return ReadLsb(reader) ?? ReadOneLine(reader) ?? ReadSuse(reader) ?? ReadMark(reader) ?? new Dictionary<string, string>();
    }

    /// <summary>The version in a system's own file, which often has the point release that os-release lacks.</summary>
    public static string? FindPointRelease(FactReader reader, string distribution) => distribution switch
    {
        "debian" or "raspbian" => FirstLine(reader, "/etc/debian_version"),
        "centos" or "rocky" or "circle" => Version(FirstLine(reader, $"/etc/{distribution}-release")),
        _ => null,
    };

    private static Dictionary<string, string>? ReadLsb(FactReader reader)
    {
        if (reader.Text(LsbRelease) is not { } text || ShellAssignments.Parse(text) is not { } lsb || lsb.GetValueOrDefault("DISTRIB_ID") is not { Value.Length: > 0 } id)
        {
            return null;
        }

        var release = new Dictionary<string, string>(StringComparer.Ordinal) { ["ID"] = id.Value };
        foreach (var (from, to) in new[] { ("DISTRIB_RELEASE", "VERSION_ID"), ("DISTRIB_CODENAME", "VERSION_CODENAME"), ("DISTRIB_DESCRIPTION", "PRETTY_NAME") })
        {
            if (lsb.TryGetValue(from, out var assignment))
            {
                release[to] = assignment.Value;
            }
        }

        return release;
    }

    private static Dictionary<string, string>? ReadOneLine(FactReader reader) =>
        OneLineFiles.Select(path => FirstLine(reader, path)).FirstOrDefault(line => line is not null) is { } line ? Describe(line) : null;

    /// <summary>The name, then <c>VERSION = 11</c> and <c>PATCHLEVEL = 4</c>.</summary>
    private static Dictionary<string, string>? ReadSuse(FactReader reader)
    {
        if (FirstLine(reader, SuseRelease) is not { } line)
        {
            return null;
        }

        var release = Describe(line);
        var numbers = ShellAssignments.Parse(reader.Text(SuseRelease) ?? "");
        if (numbers.TryGetValue("VERSION", out var version))
        {
            release["VERSION_ID"] = numbers.TryGetValue("PATCHLEVEL", out var level) && level.Value != "0" ? $"{version.Value}.{level.Value}" : version.Value;
        }

        return release;
    }

    private static Dictionary<string, string>? ReadMark(FactReader reader)
    {
        if (Array.Find(Marks, mark => reader.Exists(mark.File)) is not { File: { } file, Id: var id })
        {
            return null;
        }

        var release = new Dictionary<string, string>(StringComparer.Ordinal) { ["ID"] = id };
        if (FirstLine(reader, file) is { } line && char.IsAsciiDigit(line[0]))
        {
            release["VERSION_ID"] = line;
        }

        return release;
    }

    /// <summary><c>CentOS Linux release 7.9.2009 (Core)</c>. A name that nobody knows is still the product's.</summary>
    private static Dictionary<string, string> Describe(string line)
    {
        var release = new Dictionary<string, string>(StringComparer.Ordinal) { ["PRETTY_NAME"] = line };
        if (Array.Find(Names, name => line.StartsWith(name.Beginning, StringComparison.OrdinalIgnoreCase)).Id is { } id)
        {
            release["ID"] = id;
        }

        if (Version(line) is { } version)
        {
            release["VERSION_ID"] = version;
        }

        if (Codename().Match(line) is { Success: true } codename)
        {
            release["VERSION_CODENAME"] = codename.Groups[1].Value;
        }

        return release;
    }

    private static string? Version(string? line) => line is not null && VersionWord().Match(line) is { Success: true } match ? match.Value : null;

    private static string? FirstLine(FactReader reader, string path) =>
        reader.Text(path) is { } text && TextLines.Significant(text).FirstOrDefault().Text is { Length: > 0 } line ? line : null;

    [GeneratedRegex(@"(?<=\s)\d[\d.]*(?=\s|$)")]
    private static partial Regex VersionWord();

    [GeneratedRegex(@"\(([A-Za-z][\w .-]{0,40})\)\s*$")]
    private static partial Regex Codename();
}
