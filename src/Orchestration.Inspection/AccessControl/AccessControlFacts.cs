namespace Orchestration.Inspection.AccessControl;

/// <summary>Mandatory access control as configured for the next boot.</summary>
public sealed record AccessControlFacts : FactSet
{
    public required SelinuxState Selinux { get; init; }

    public required AppArmorState AppArmor { get; init; }

    internal static AccessControlFacts Unknown { get; } = new()
    {
        Selinux = new SelinuxState(Installed: false, null, null, [], null, null),
        AppArmor = new AppArmorState(Installed: false, Enabled: false, 0, [], []),
    };
}

/// <param name="Installed">A policy is there.</param>
/// <param name="Mode"><c>enforcing</c>, <c>permissive</c> or <c>disabled</c> after boot parameters; null where SELinux is not installed.</param>
/// <param name="PolicyType"><c>targeted</c>, <c>mls</c>, …; null where not said.</param>
/// <param name="BootParameters"><c>selinux=</c>, <c>enforcing=</c> and <c>security=</c> of the default kernel command line.</param>
/// <param name="File">The configuration file; null where there is none.</param>
/// <param name="Line">The line of <c>SELINUX=</c>.</param>
public sealed record SelinuxState(
    bool Installed,
    string? Mode,
    string? PolicyType,
    IReadOnlyList<string> BootParameters,
    string? File,
    int? Line);

/// <param name="Installed">Its user-space tools are there.</param>
/// <param name="Enabled">Its profiles are loaded at boot and no boot parameter turns it off.</param>
/// <param name="Profiles">Profile files in <c>/etc/apparmor.d</c>.</param>
/// <param name="DisabledProfiles">Those in its <c>disable</c> directory.</param>
/// <param name="BootParameters"><c>apparmor=</c> and <c>security=</c> of the default kernel command line.</param>
public sealed record AppArmorState(
    bool Installed,
    bool Enabled,
    int Profiles,
    IReadOnlyList<string> DisabledProfiles,
    IReadOnlyList<string> BootParameters);
