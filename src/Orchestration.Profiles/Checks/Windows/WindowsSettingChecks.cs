using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.Checks.Windows.WindowsCheck;

namespace Orchestration.Profiles.Checks.Windows;

/// <summary>Single values of the registry that decide how a Windows server lets people in. Where a value is missing, what Windows does without it counts.</summary>
internal static class WindowsSettingChecks
{
    private const string Lsa = @"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";

    private const string Policies = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies";

    private const string Services = @"HKLM\SYSTEM\CurrentControlSet\Services";

    private const string Winlogon = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";

    private const string RemoteDesktop = @"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";

    private const string RemoteDesktopPolicy = @"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeNumber("GK-WIN-004", "Only NTLMv2 is spoken, and nothing older accepted", Severity.High, Lsa, "LmCompatibilityLevel", missing: 3, value => value >= 5, "5", CisWindows("2.3.11.7")),
        MakeNumber("GK-WIN-005", "No LAN Manager hashes are kept", Severity.High, Lsa, "NoLMHash", missing: 1, value => value == 1, "1", CisWindows("2.3.11.5"), Pci("8.3.2")),
        MakeNumber("GK-WIN-006", "Passwords are not kept in memory for Digest", Severity.High, $@"{Lsa[..^4]}\SecurityProviders\WDigest", "UseLogonCredential", missing: 0, value => value == 0, "0", CisWindows("18.3.7")),
        MakeNumber("GK-WIN-007", "The file server requires signed packets", Severity.Medium, $@"{Services}\LanmanServer\Parameters", "RequireSecuritySignature", missing: 0, value => value == 1, "1", CisWindows("2.3.9.2")),
        MakeNumber("GK-WIN-008", "Clients of file servers require signed packets", Severity.Medium, $@"{Services}\LanmanWorkstation\Parameters", "RequireSecuritySignature", missing: 0, value => value == 1, "1", CisWindows("2.3.8.1")),
        MakeNumber("GK-WIN-009", "Strangers cannot list accounts", Severity.Medium, Lsa, "RestrictAnonymousSAM", missing: 1, value => value == 1, "1", CisWindows("2.3.10.2")),
        MakeNumber("GK-WIN-010", "Strangers cannot list accounts and shares", Severity.Low, Lsa, "RestrictAnonymous", missing: 0, value => value >= 1, "1", CisWindows("2.3.10.3")),
        MakeNumber("GK-WIN-011", "Administrators confirm what needs their rights", Severity.High, $@"{Policies}\System", "EnableLUA", missing: 1, value => value == 1, "1", CisWindows("2.3.17.6"), Pci("7.2.2")),
        MakeNumber("GK-WIN-012", "Accounts without a password cannot log in over the network", Severity.High, Lsa, "LimitBlankPasswordUse", missing: 1, value => value == 1, "1", CisWindows("2.3.1.4"), Pci("8.3.1")),
        MakeNumber("GK-WIN-015", "Packages of users are not installed with the system's rights", Severity.High, @"HKLM\SOFTWARE\Policies\Microsoft\Windows\Installer", "AlwaysInstallElevated", missing: 0, value => value == 0, "0", CisWindows("18.9.85.2")),
        MakeNumber("GK-WIN-017", "Media that are put in start nothing", Severity.Low, $@"{Policies}\Explorer", "NoDriveTypeAutoRun", missing: 0, value => value == 255, "255", CisWindows("18.9.8.3")),
        MakeNumber("GK-WIN-018", "The process that holds secrets is protected", Severity.Medium, Lsa, "RunAsPPL", missing: 0, value => value is 1 or 2, "1"),
        Make("GK-WIN-014", "Remote Desktop asks who it is before it shows anything", Severity.High, guest =>
        {
            var (key, number) = Number(guest, RemoteDesktopPolicy, "UserAuthentication") is { } policy ? (RemoteDesktopPolicy, policy) : (RemoteDesktop, Number(guest, RemoteDesktop, "UserAuthentication") ?? 0);
            return Judgement.PassWhen(number == 1, new Evidence($@"{key}\UserAuthentication", null, $"{number}", "1"));
        }) with
        {
            Remediation = "Turn on Network Level Authentication for Remote Desktop.",
            AppliesTo = "Windows guests with Remote Desktop turned on",
            RestsOn = guest => [guest.Windows],
            Exempts = guest => guest.Windows.RemoteDesktopEnabled == true ? null : "Remote Desktop is turned off",
        },
        Make("GK-WIN-016", "Nobody is logged in by starting the machine", Severity.High, guest =>
        {
            var isOn = guest.Registry?.Value(Winlogon, "AutoAdminLogon") is { } value && (value.Text ?? $"{value.Number}") == "1";

            // That a password lies there is said; what it is, never.
            var hasPassword = guest.Registry?.Value(Winlogon, "DefaultPassword") is not null;
            return Judgement.PassUnless(
            [
                .. isOn ? [new Evidence($@"{Winlogon}\AutoAdminLogon", null, "1", "0")] : Array.Empty<Evidence>(),
                .. hasPassword ? [new Evidence($@"{Winlogon}\DefaultPassword", null, "a password in clear text", "none")] : Array.Empty<Evidence>(),
            ], new Evidence($@"{Winlogon}\AutoAdminLogon", null, "off, and no password there", "off"));
        }) with
        {
            References = [CisWindows("18.4.1"), Pci("8.6.2")],
            Remediation = "Set AutoAdminLogon to 0 and delete DefaultPassword; change the password that was there.",
        },
    ];

    /// <param name="id">See <see cref="Check.Id"/>.</param>
    /// <param name="title">See <see cref="Check.Title"/>.</param>
    /// <param name="severity">See <see cref="Check.Severity"/>.</param>
    /// <param name="key">The key.</param>
    /// <param name="name">The value's name.</param>
    /// <param name="missing">What Windows does where the value is missing.</param>
    /// <param name="holds">Whether a number is right.</param>
    /// <param name="expected">The right number, in words.</param>
    /// <param name="references">See <see cref="Check.References"/>.</param>
    private static Check MakeNumber(string id, string title, Severity severity, string key, string name, long missing, Func<long, bool> holds, string expected, params Reference[] references) =>
        Make(id, title, severity, guest =>
        {
            var found = Number(guest, key, name);
            return Judgement.PassWhen(holds(found ?? missing), new Evidence($@"{key}\{name}", null, found is null ? $"not set, which means {missing}" : $"{found}", expected));
        }) with
        {
            References = references,
            Remediation = $@"Set {name} in {key} to {expected}, by group policy where there is a domain.",
        };

    private static long? Number(Guest guest, string key, string name) => guest.Registry?.Value(key, name)?.Number;
}
