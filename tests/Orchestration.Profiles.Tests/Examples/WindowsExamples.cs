using System.Buffers.Binary;
using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests.Examples;

internal static class WindowsExamples
{
    private const string Lsa = @"ControlSet001\Control\Lsa";
    private const string Services = @"ControlSet001\Services";
    private const string Firewall = $@"{Services}\SharedAccess\Parameters\FirewallPolicy";
    private const string Server = $@"{Services}\LanmanServer\Parameters";
    private const string Winlogon = @"Microsoft\Windows NT\CurrentVersion\Winlogon";
    private const string Version = @"Microsoft\Windows NT\CurrentVersion";
    private const string Update = @"Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB5034441~31bf~amd64~~10.0.1.2";
    private const string Terminal = @"ControlSet001\Control\Terminal Server";

    public static IReadOnlyList<CheckExample> All { get; } =
    [
        new("GK-WIN-001", Windows(), System($@"{Services}\SharedAccess\Parameters\FirewallPolicy\PublicProfile", "EnableFirewall", 0)),
        new("GK-WIN-002", Driver("srv", 3, hive => hive.Number(Server, "SMB1", 0)), Driver("srv", 3)),
        new("GK-WIN-003", Driver("mrxsmb10", 4), Driver("mrxsmb10", 2)),
        Setting("GK-WIN-004", Lsa, "LmCompatibilityLevel", 5, 2),
        Setting("GK-WIN-005", Lsa, "NoLMHash", 1, 0),
        Setting("GK-WIN-006", @"ControlSet001\Control\SecurityProviders\WDigest", "UseLogonCredential", 0, 1),
        Setting("GK-WIN-007", Server, "RequireSecuritySignature", 1, 0),
        Setting("GK-WIN-008", $@"{Services}\LanmanWorkstation\Parameters", "RequireSecuritySignature", 1, 0),
        Setting("GK-WIN-009", Lsa, "RestrictAnonymousSAM", 1, 0),
        Setting("GK-WIN-010", Lsa, "RestrictAnonymous", 1, 0),
        new("GK-WIN-011", Windows(), Software(hive => hive.Number(@"Microsoft\Windows\CurrentVersion\Policies\System", "EnableLUA", 0))),
        Setting("GK-WIN-012", Lsa, "LimitBlankPasswordUse", 1, 0),
        new("GK-WIN-013", Account(0x0215), Account(0x0214)),
        new("GK-WIN-014", RemoteDesktop(1), RemoteDesktop(0)),
        new("GK-WIN-015", Windows(), Software(hive => hive.Number(@"Policies\Microsoft\Windows\Installer", "AlwaysInstallElevated", 1))),
        new("GK-WIN-016", Windows(), Software(hive => hive.Text(Winlogon, "AutoAdminLogon", "1").Text(Winlogon, "DefaultPassword", "secret"))),
        new("GK-WIN-017", Software(hive => hive.Number(@"Microsoft\Windows\CurrentVersion\Policies\Explorer", "NoDriveTypeAutoRun", 255)), Windows()),
        Setting("GK-WIN-018", Lsa, "RunAsPPL", 1, 0),
        new("GK-WIN-019", Updated(CheckAssert.Today.AddDays(-10)), Updated(CheckAssert.Today.AddDays(-100))),
        new("GK-WIN-020", Release("20348"), Release("9600")),
        new("GK-WIN-021", Service("TlntSvr", 3), Service("TlntSvr", 2)),
        new("GK-WIN-022", Windows(), System($@"{Firewall}\PublicProfile", "DefaultInboundAction", 0)),
        new("GK-WIN-023", Rule("LPort=3389|RA4=192.0.2.0/255.255.255.0"), Rule("LPort=3389")),
        new("GK-MIG-040", Driver("vioscsi", 0), Driver("vioscsi", 3)),
        new("GK-MIG-041", Driver("storvsc", 0, hive => Driver(hive, "vmbus", 0)), Driver("storvsc", 0)),
        new("GK-MIG-042", Driver("LSI_SAS", 0), Driver("LSI_SAS", 4)),
        new("GK-MIG-043", Interface(1), Interface(0)),
        new("GK-MIG-044", Licence("00454-10000-00001-AA123"), Licence("00330-80000-00000-AAOEM")),
        new("GK-MIG-045", Windows(), Service("VMTools", 2)),
    ];

    private static CheckExample Setting(string id, string key, string name, uint right, uint wrong) => new(id, System(key, name, right), System(key, name, wrong));

    private static GuestBuilder Windows(Action<RegistryHiveBuilder>? software = null, Action<RegistryHiveBuilder>? system = null, RegistryHiveBuilder? sam = null)
    {
        var softwareHive = new RegistryHiveBuilder().Text(Version, "ProductName", "Windows Server 2022 Standard");
        var systemHive = new RegistryHiveBuilder().Number("Select", "Current", 1);
        software?.Invoke(softwareHive);
        system?.Invoke(systemHive);
        var guest = new GuestBuilder("ntfs").File("/Windows/System32/config/SOFTWARE", softwareHive.Build()).File("/Windows/System32/config/SYSTEM", systemHive.Build());
        return sam is null ? guest : guest.File("/Windows/System32/config/SAM", sam.Build());
    }

    private static GuestBuilder Software(Action<RegistryHiveBuilder> write) => Windows(software: write);

    private static GuestBuilder System(string key, string name, uint value) => Windows(system: hive => hive.Number(key, name, value));

    private static GuestBuilder Driver(string name, uint start, Action<RegistryHiveBuilder>? more = null) => Windows(system: hive =>
    {
        hive.Number($@"{Services}\{name}", "Type", 2).Number($@"{Services}\{name}", "Start", start);
        more?.Invoke(hive);
    });

    private static void Driver(RegistryHiveBuilder hive, string name, uint start) => hive.Number($@"{Services}\{name}", "Type", 1).Number($@"{Services}\{name}", "Start", start);

    private static GuestBuilder Interface(uint dhcp) => System($@"{Services}\Tcpip\Parameters\Interfaces\{{A}}", "EnableDHCP", dhcp);

    private static GuestBuilder Rule(string fields) => Windows(system: hive =>
        hive.Text($@"{Firewall}\FirewallRules", "Rule-In", $"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|{fields}|Name=Rule|"));

    private static GuestBuilder Licence(string product) => Software(hive => hive.Text(Version, "ProductId", product));

    private static GuestBuilder Service(string name, uint start) => Windows(system: hive => hive.Number($@"{Services}\{name}", "Type", 0x10).Number($@"{Services}\{name}", "Start", start));

    private static GuestBuilder RemoteDesktop(uint authentication) => Windows(system: hive =>
        hive.Number(Terminal, "fDenyTSConnections", 0).Number($@"{Terminal}\WinStations\RDP-Tcp", "UserAuthentication", authentication));

    private static GuestBuilder Release(string build) => Software(hive => hive.Text(Version, "CurrentBuildNumber", build).Text(Version, "InstallationType", "Server")
        .Number(Version, "CurrentMajorVersionNumber", 10).Number(Version, "CurrentMinorVersionNumber", 0));

    private static GuestBuilder Updated(DateOnly day)
    {
        var time = (ulong)day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).ToFileTimeUtc();
        return Software(hive => hive.Number(Update, "CurrentState", 112).Number(Update, "InstallTimeHigh", (uint)(time >> 32)).Number(Update, "InstallTimeLow", (uint)time));
    }

    private static GuestBuilder Account(ushort control)
    {
        const string Users = @"SAM\Domains\Account\Users";
        var state = new byte[80];
        BinaryPrimitives.WriteUInt16LittleEndian(state.AsSpan(56), control);
        return Windows(sam: new RegistryHiveBuilder().Set($@"{Users}\Names\Guest", "", 501).Set($@"{Users}\000001F5", "F", 3, state));
    }
}
