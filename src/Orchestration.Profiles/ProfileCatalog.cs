using Orchestration.Inspection.OperatingSystems;
using Orchestration.Profiles.Checks.Access;
using Orchestration.Profiles.Checks.Files;
using Orchestration.Profiles.Checks.Kernel;
using Orchestration.Profiles.Checks.Moving;
using Orchestration.Profiles.Checks.Records;
using Orchestration.Profiles.Checks.Software;
using Orchestration.Profiles.Checks.Windows;
using Orchestration.Profiles.Checks.Workload;

namespace Orchestration.Profiles;

/// <summary>A named set of checks.</summary>
/// <param name="Name">As jobs ask for it.</param>
/// <param name="Checks">In the order in which they are reported.</param>
public sealed record Profile(string Name, IReadOnlyList<Check> Checks)
{
    /// <summary>The system that its benchmark is written for, in words; null where it is for every guest.</summary>
    public string? WrittenFor { get; init; }

    /// <summary>Failed checks are blockers, risks and advice rather than findings: see <see cref="ProfileReport.Readiness"/>.</summary>
    public bool JudgesReadiness { get; init; }

    /// <summary>Whether a guest is that system; others are judged all the same, and the report says so.</summary>
    public Func<OperatingSystemFacts, bool> Fits { get; init; } = _ => true;
}

/// <summary>The profiles there are. Those of benchmarks follow from what the checks refer to, so that a new check stands in one place.</summary>
public static class ProfileCatalog
{
    internal const string Security = "security";

    internal const string Compliance = "compliance";

    internal const string Hardening = "hardening";

    internal const string Performance = "performance";

    internal const string Migration = "migration";

    internal const string WindowsServer = "windows-server";

    /// <summary>Every check, once, by subject.</summary>
    public static IReadOnlyList<Check> Checks { get; } =
    [
        .. SshChecks.All, .. SshCryptographyChecks.All, .. SshFileChecks.All, .. FirewallChecks.All, .. AccessControlChecks.All,
        .. UserChecks.All, .. AccountChecks.All, .. PasswordChecks.All, .. PasswordPolicyChecks.All, .. SudoChecks.All,
        .. ServiceChecks.All, .. ServerChecks.All, .. PackageChecks.All, .. RepositoryChecks.All, .. ClientChecks.All,
        .. FilePermissionChecks.All, .. BannerChecks.All, .. BootChecks.All, .. CoreDumpChecks.All, .. LoggingChecks.All, .. AuditChecks.All, .. AuditRuleChecks.All,
        .. KernelParameterChecks.All, .. KernelModuleChecks.All, .. MountChecks.All, .. CertificateChecks.All, .. RunTimeChecks.All,
        .. PerformanceChecks.All, .. StartChecks.All, .. DriverChecks.All, .. SurroundingsChecks.All,
        .. WindowsSettingChecks.All, .. WindowsServerChecks.All, .. WindowsMoveChecks.All,
    ];

    public static IReadOnlyList<Profile> Profiles { get; } =
    [
        .. new[] { Security, Compliance, Hardening, Performance }.Select(name => new Profile(name, [.. Checks.Where(check => check.Profiles.Contains(name))])),
        .. Targets.Everywhere.Select(name => new Profile(name, [.. Checks.Where(check => check.Profiles.Contains(name))]) { JudgesReadiness = true }),
        .. Cis("cis-debian-12", Benchmark.DebianName, "Debian 12", system => system is { Distribution: "debian", MajorVersion: 12 }),
        .. Cis("cis-rhel-9", Benchmark.RedHatName, "Red Hat Enterprise Linux 9", system =>
            system.MajorVersion == 9 && (system.Distribution == "rhel" || system.DerivedFrom.Contains("rhel", StringComparer.Ordinal))),
        .. Cis("cis-linux", Benchmark.LinuxName, "Linux", system => system.Type == "linux"),
        new(WindowsServer, [.. Checks.Where(check => check.Profiles.Contains(WindowsServer))]) { WrittenFor = "Windows Server", Fits = system => system.Type == "windows" },
        new("pci-dss-4", [.. Checks.Where(check => check.References.Any(reference => reference.Benchmark == Benchmark.PciName))]),
    ];

    /// <summary>
    /// Asked for where nobody chose: what concerns every guest. The benchmark of one distribution, or the move to one hypervisor, is chosen.
    /// </summary>
    public static IReadOnlyList<string> DefaultNames { get; } = [Security, Compliance, Hardening];

    /// <summary>Names that a job may ask for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Profiles.Select(profile => profile.Name)];

    /// <summary>The profile of that name; null where there is none.</summary>
    public static Profile? Find(string name) => Profiles.FirstOrDefault(profile => profile.Name == name);

    /// <summary>One profile a level for servers; the second asks for everything that the first does.</summary>
    private static IEnumerable<Profile> Cis(string name, string benchmark, string writtenFor, Func<OperatingSystemFacts, bool> fits) =>
        new[] { 1, 2 }.Select(level => new Profile(
            $"{name}-level-{level}",
            [.. Checks.Where(check => check.References.Any(reference => reference.Benchmark == benchmark && reference.Level <= level))])
        {
            WrittenFor = writtenFor,
            Fits = fits,
        });
}
