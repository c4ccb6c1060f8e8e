using Orchestration.Profiles.Checks;

namespace Orchestration.Profiles;

/// <summary>A named set of checks.</summary>
/// <param name="Name">As jobs ask for it.</param>
/// <param name="Checks">In the order in which they are reported.</param>
public sealed record Profile(string Name, IReadOnlyList<Check> Checks);

/// <summary>The profiles there are.</summary>
public static class ProfileCatalog
{
    internal const string Security = "security";

    internal const string Compliance = "compliance";

    internal const string Hardening = "hardening";

    /// <summary>Every check, once, by subject.</summary>
    public static IReadOnlyList<Check> Checks { get; } =
    [
        .. SshChecks.All, .. SshCryptographyChecks.All, .. FirewallChecks.All, .. AccessControlChecks.All, .. UserChecks.All, .. PasswordChecks.All,
        .. ServiceChecks.All, .. PackageChecks.All, .. FilePermissionChecks.All, .. BootChecks.All, .. LoggingChecks.All,
        .. KernelParameterChecks.All, .. KernelModuleChecks.All, .. MountChecks.All, .. CertificateChecks.All, .. RunTimeChecks.All,
    ];

    public static IReadOnlyList<Profile> Profiles { get; } =
    [
        .. new[] { Security, Compliance, Hardening }.Select(name => new Profile(name, [.. Checks.Where(check => check.Profiles.Contains(name))])),
    ];

    /// <summary>Names that a job may ask for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Profiles.Select(profile => profile.Name)];

    /// <summary>The profile of that name; null where there is none (yet).</summary>
    public static Profile? Find(string name) => Profiles.FirstOrDefault(profile => profile.Name == name);
}
