using System.Buffers.Binary;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Mapping.Layouts;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection.Tests.Windows;

/// <summary>A Windows on a file system that finds names whatever their case.</summary>
public sealed class WindowsGuestTests
{
    private const string Config = "/Windows/System32/config";
    private const string Version = @"Microsoft\Windows NT\CurrentVersion";
    private const string Uninstall = @"Microsoft\Windows\CurrentVersion\Uninstall";
    private const string Servicing = @"Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

    [Fact]
    public void A_server_is_known_by_its_product_build_and_edition()
    {
        var software = new RegistryHiveBuilder().Text(Version, "ProductName", "Windows Server 2022 Datacenter").Text(Version, "CurrentBuildNumber", "20348").Number(Version, "UBR", 2113)
            .Number(Version, "CurrentMajorVersionNumber", 10).Number(Version, "CurrentMinorVersionNumber", 0).Text(Version, "EditionID", "ServerDatacenter")
            .Text(Version, "InstallationType", "Server Core").Text(Version, "DisplayVersion", "21H2").Text(@"Microsoft\Cryptography", "MachineGuid", "0f0e");
        var system = new RegistryHiveBuilder().Number("Select", "Current", 2).Text(@"ControlSet002\Services\Tcpip\Parameters", "Hostname", "FS01")
            .Text(@"ControlSet002\Control\Session Manager\Environment", "PROCESSOR_ARCHITECTURE", "AMD64");

        var found = Guest(software, system).OperatingSystem;

        Assert.Equal(
            ("windows", "Windows Server 2022 Datacenter", "10.0.20348", "20348.2113", "ServerDatacenter", "Server Core"),
            (found.Type, found.ProductName, found.Version, found.BuildId, found.Edition, found.Variant));
        Assert.Equal(("21H2", "FS01", "x86_64", "0f0e", 10, 0), (found.Codename, found.Hostname, found.Architecture, found.MachineId, found.MajorVersion, found.MinorVersion));
        Assert.Empty(found.Warnings);
    }

    [Theory]
    [InlineData("Client", "22631", "Windows 10 Pro", "Windows 11 Pro")]
    [InlineData("Client", "19045", "Windows 10 Pro", "Windows 10 Pro")]
    [InlineData("Server", "26100", "Windows Server 2025 Standard", "Windows Server 2025 Standard")]
    public void Windows_11_is_told_from_10_by_its_build(string installation, string build, string registered, string product)
    {
        var software = new RegistryHiveBuilder().Text(Version, "ProductName", registered).Text(Version, "CurrentBuildNumber", build).Text(Version, "InstallationType", installation);

        Assert.Equal(product, Guest(software).OperatingSystem.ProductName);
    }

    [Fact]
    public void Windows_before_10_has_its_version_in_one_text()
    {
        var software = new RegistryHiveBuilder().Text(Version, "CurrentVersion", "6.1").Text(Version, "CurrentBuildNumber", "7601").Text(Version, "ProductName", "Windows Server 2008 R2 Standard");

        var found = Guest(software).OperatingSystem;

        Assert.Equal(("6.1.7601", 6, 1), (found.Version, found.MajorVersion, found.MinorVersion));
    }

    [Fact]
    public void Programs_are_those_of_both_views_that_Windows_itself_lists()
    {
        var software = new RegistryHiveBuilder().Text($@"{Uninstall}\{{GUID}}", "DisplayName", "7-Zip 23.01 (x64)").Text($@"{Uninstall}\{{GUID}}", "DisplayVersion", "23.01")
            .Text($@"{Uninstall}\{{GUID}}", "Publisher", "Igor Pavlov").Text($@"{Uninstall}\{{GUID}}", "InstallDate", "20240115")
            .Text($@"WOW6432Node\{Uninstall}\Tool", "DisplayName", "Old tool").Text($@"{Uninstall}\Hidden", "DisplayName", "Hidden").Number($@"{Uninstall}\Hidden", "SystemComponent", 1)
            .Text($@"{Uninstall}\Patch", "DisplayName", "Patch").Text($@"{Uninstall}\Patch", "ParentKeyName", "Tool").Key($@"{Uninstall}\Nameless");

        Assert.Equal(
            [
                new WindowsProgram("7-Zip 23.01 (x64)", "23.01", "Igor Pavlov", new DateOnly(2024, 1, 15), null, "{GUID}"),
                new WindowsProgram("Old tool", null, null, null, "x86", "Tool"),
            ],
            Guest(software).Windows.Programs);
    }

    [Fact]
    public void Updates_are_servicing_packages_that_are_installed()
    {
        var time = new DateTimeOffset(2024, 2, 13, 8, 0, 0, TimeSpan.Zero);
        var ticks = (ulong)time.ToFileTime();
        var software = new RegistryHiveBuilder();
        foreach (var (package, state) in new[] { ("Package_for_KB5034441~31bf~amd64~~10.0.1.2", 112u), ("Package_1_for_KB5034441~31bf~amd64~~10.0.1.2", 112u), ("Package_for_KB5030000~31bf~amd64~~1", 80u), ("Microsoft-Windows-Foundation", 112u) })
        {
            software.Number($@"{Servicing}\{package}", "CurrentState", state).Number($@"{Servicing}\{package}", "InstallTimeHigh", (uint)(ticks >> 32)).Number($@"{Servicing}\{package}", "InstallTimeLow", (uint)ticks);
        }

        var found = Guest(software).Windows;
        var update = Assert.Single(found.Updates);

        Assert.Equal(("KB5034441", time), (update.Id, update.InstalledAt));
        Assert.Equal(["Microsoft-Windows-Foundation"], found.ServicingPackages);
    }

    [Fact]
    public void Services_and_drivers_have_their_start_and_kind()
    {
        const string Services = @"ControlSet001\Services";
        var system = new RegistryHiveBuilder().Number("Select", "Current", 1)
            .Number($@"{Services}\storvsc", "Type", 1).Number($@"{Services}\storvsc", "Start", 0).Text($@"{Services}\storvsc", "ImagePath", @"System32\drivers\storvsc.sys")
            .Number($@"{Services}\W32Time", "Type", 0x20).Number($@"{Services}\W32Time", "Start", 2).Text($@"{Services}\W32Time", "ObjectName", @"NT AUTHORITY\LocalService").Number($@"{Services}\W32Time", "DelayedAutostart", 1)
            .Number($@"{Services}\Spooler", "Type", 0x110).Number($@"{Services}\Spooler", "Start", 4).Number($@"{Services}\Ntfs", "Type", 2).Number($@"{Services}\Ntfs", "Start", 3)
            .Key($@"{Services}\NotAService");

        Assert.Equal(
            [
                new WindowsService("Ntfs", null, "manual", "file-system", null, null), new WindowsService("Spooler", null, "disabled", "service", null, null),
                new WindowsService("storvsc", null, "boot", "driver", @"System32\drivers\storvsc.sys", null),
                new WindowsService("W32Time", null, "automatic-delayed", "shared-service", null, @"NT AUTHORITY\LocalService"),
            ],
            Guest(new RegistryHiveBuilder().Key("Microsoft"), system).Windows.Services);
    }

    [Fact]
    public void Network_firewall_and_remote_desktop_are_read_from_the_control_set_in_use()
    {
        const string Interface = @"ControlSet001\Services\Tcpip\Parameters\Interfaces\{A}";
        const string Firewall = @"ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy";
        var system = new RegistryHiveBuilder().Number("Select", "Current", 1).Number(Interface, "EnableDHCP", 0).Texts(Interface, "IPAddress", "192.0.2.7").Texts(Interface, "SubnetMask", "255.255.255.0")
            .Texts(Interface, "DefaultGateway", "192.0.2.1").Text(Interface, "NameServer", "192.0.2.2,192.0.2.3").Number($@"{Firewall}\DomainProfile", "EnableFirewall", 1)
            .Number($@"{Firewall}\PublicProfile", "EnableFirewall", 1).Number(@"ControlSet001\Control\Terminal Server", "fDenyTSConnections", 0);
        var software = new RegistryHiveBuilder().Number(@"Policies\Microsoft\WindowsFirewall\PublicProfile", "EnableFirewall", 0);

        var found = Guest(software, system).Windows;

        var card = Assert.Single(found.Interfaces);
        Assert.Equal(("{A}", false, "192.0.2.7/255.255.255.0", "192.0.2.1"), (card.Id, card.Dhcp, Assert.Single(card.Addresses), Assert.Single(card.Gateways)));
        Assert.Equal(["192.0.2.2", "192.0.2.3"], card.DnsServers);
        Assert.Equal((true, false, true), (found.Firewall["domain"], found.Firewall["public"], found.RemoteDesktopEnabled));
    }

    [Fact]
    public void Accounts_have_their_state_and_never_a_hash()
    {
        const string Users = @"SAM\Domains\Account\Users";
        var login = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var sam = new RegistryHiveBuilder().Set($@"{Users}\Names\Administrator", "", 500).Set($@"{Users}\Names\Guest", "", 501)
            .Set($@"{Users}\000001F4", "F", 3, Account(login, control: 0x0210)).Set($@"{Users}\000001F5", "F", 3, Account(null, control: 0x0215))
            .Set($@"{Users}\000001F4", "V", 3, [1, 2, 3]).Set(@"SAM\Domains\Builtin\Aliases\00000220", "C", 3, Group(500));

        var found = Guest(new RegistryHiveBuilder().Key("Microsoft"), sam: sam).Windows;

        Assert.Empty(found.Warnings);
        Assert.Equal(
            [new WindowsUser("Administrator", 500, false, true, false, login, null, true), new WindowsUser("Guest", 501, true, false, false, null, null, false)],
            found.Users);
    }

    [Fact]
    public void A_damaged_hive_costs_what_stands_in_it()
    {
        var guest = new GuestBuilder("ntfs").File($"{Config}/SOFTWARE", new RegistryHiveBuilder().Text(Version, "ProductName", "Windows Server 2019").Build()).File($"{Config}/SYSTEM", new byte[8192]).Build();

        Assert.Equal("Windows Server 2019", guest.OperatingSystem.ProductName);
        Assert.Equal(($"{Config}/SYSTEM", true), (Assert.Single(guest.Windows.Warnings).File, guest.Windows.Warnings[0].Unreadable));
    }

    [Fact]
    public void Names_on_disk_may_be_written_in_any_case()
    {
        var guest = new GuestBuilder("ntfs").File("/WINDOWS/system32/Config/software", new RegistryHiveBuilder().Text(Version, "ProductName", "Windows 10 Pro").Build()).Build();

        Assert.Equal("Windows 10 Pro", guest.OperatingSystem.ProductName);
        Assert.Equal(SystemPart.Root, RootDetector.Detect(new GuestBuilder("ntfs").File("/WINDOWS/system32/Config/software", [1]).FileSystem));
    }

    [Fact]
    public void A_Linux_guest_has_no_registry()
    {
        var guest = new GuestBuilder().File("/etc/os-release", "ID=debian\n").Build();

        Assert.Equal((null, null), (guest.Registry, guest.Windows.SystemRoot));
    }

    private static Guest Guest(RegistryHiveBuilder software, RegistryHiveBuilder? system = null, RegistryHiveBuilder? sam = null)
    {
        var guest = new GuestBuilder("ntfs").File($"{Config}/SOFTWARE", software.Build()).File($"{Config}/SYSTEM", (system ?? new RegistryHiveBuilder()).Build());
        return (sam is null ? guest : guest.File($"{Config}/SAM", sam.Build())).Build();
    }

    private static byte[] Account(DateTimeOffset? login, ushort control)
    {
        var state = new byte[80];
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(8), login?.ToFileTime() ?? 0);
        BinaryPrimitives.WriteUInt16LittleEndian(state.AsSpan(56), control);
        return state;
    }

    private static byte[] Group(uint member)
    {
        var group = new byte[0x34 + 28];
        BinaryPrimitives.WriteUInt32LittleEndian(group.AsSpan(0x30), 1);

        // S-1-5-21-1-2-3-500
        (group[0x34], group[0x35], group[0x3B]) = (1, 5, 5);
        foreach (var (index, part) in new uint[] { 21, 1, 2, 3, member }.Index())
        {
            BinaryPrimitives.WriteUInt32LittleEndian(group.AsSpan(0x3C + (4 * index)), part);
        }

        return group;
    }
}
