using Orchestration.GuestFixtures;
using Orchestration.Inspection.Firewalls;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Firewalls;

/// <summary>Windows Firewall as the registry keeps it.</summary>
public sealed class WindowsFirewallTests
{
    private const string Config = "/Windows/System32/config";
    private const string Local = @"ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy";
    private const string Policy = @"Policies\Microsoft\WindowsFirewall";
    private const string Place = @"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";

    private readonly RegistryHiveBuilder _software = new RegistryHiveBuilder().Key("Microsoft");
    private readonly RegistryHiveBuilder _system = new RegistryHiveBuilder().Number("Select", "Current", 1);

    [Fact]
    public void A_rule_is_an_opening_with_the_value_that_says_so()
    {
        Rule("RemoteDesktop-In-TCP", @"Protocol=6|LPort=3389|App=%SystemRoot%\system32\svchost.exe|Svc=termservice|Name=@FirewallAPI.dll,-28775|EmbedCtxt=@FirewallAPI.dll,-28752");

        var opening = Assert.Single(Firewall().Openings);

        Assert.Equal(("windows-firewall", "tcp", "3389", "any", null, (int?)null), (opening.Tool, opening.Protocol, opening.Ports, opening.Source, opening.Interface, opening.Line));
        Assert.Equal(($@"{Place}\FirewallRules\RemoteDesktop-In-TCP", @"%SystemRoot%\system32\svchost.exe (termservice)"), (opening.File, opening.Program));
        Assert.Equal(["domain", "private", "public"], opening.Networks);
    }

    [Fact]
    public void Each_port_and_each_source_of_a_rule_is_an_opening_of_the_networks_that_it_names()
    {
        Rule("Web", "Protocol=17|Profile=Domain|Profile=Private|LPort=80|LPort2_10=8000-8010|RA4=LocalSubnet|RA6=LocalSubnet|RA4=192.0.2.0/255.255.255.0");

        var openings = Firewall().Openings;

        Assert.Equal(
            ["udp 80 LocalSubnet", "udp 80 192.0.2.0/255.255.255.0", "udp 8000-8010 LocalSubnet", "udp 8000-8010 192.0.2.0/255.255.255.0"],
            openings.Select(opening => $"{opening.Protocol} {opening.Ports} {opening.Source}"));
        Assert.All(openings, opening => Assert.Equal(["domain", "private"], opening.Networks));
    }

    [Theory]
    [InlineData("v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=22|")]
    [InlineData("v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=22|")]
    [InlineData("v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=22|")]
    [InlineData("v2.31|Active=TRUE|Dir=In|Protocol=6|LPort=22|")]
    [InlineData("no rule at all")]
    [InlineData("")]
    public void What_does_not_let_in_is_no_opening(string rule)
    {
        _system.Text($@"{Local}\FirewallRules", "Rule", rule);

        Assert.Empty(Firewall().Openings);
    }

    [Fact]
    public void A_rule_that_blocks_wins_over_one_that_allows_wherever_it_stands()
    {
        Rule("A", "Protocol=6|LPort=445").Rule("B", "Protocol=6|Profile=Public|LPort=445", "Block");

        Assert.Equal(["domain", "private"], Assert.Single(Firewall().Openings).Networks);
    }

    [Fact]
    public void A_block_for_one_program_leaves_the_port_open_for_others()
    {
        Rule("A", "Protocol=6|LPort=445").Rule("B", @"Protocol=6|LPort=445|App=C:\tool.exe", "Block");

        Assert.Single(Firewall().Openings);
    }

    [Fact]
    public void Where_the_firewall_is_off_everything_comes_in()
    {
        _system.Number($@"{Local}\PublicProfile", "EnableFirewall", 0);

        var opening = Assert.Single(Firewall().Openings);

        Assert.Equal(("any", null, $@"{Place}\PublicProfile\EnableFirewall", "public"), (opening.Protocol, opening.Ports, opening.File, Assert.Single(opening.Networks)));
    }

    [Fact]
    public void A_disabled_service_filters_nothing()
    {
        _system.Number(@"ControlSet001\Services\mpssvc", "Start", 4);

        var firewall = Firewall();

        Assert.False(Assert.Single(firewall.Tools).Enabled);
        Assert.Equal(["domain", "private", "public"], firewall.Openings.SelectMany(opening => opening.Networks));
    }

    [Fact]
    public void Group_policy_says_what_is_on_and_whether_local_rules_count()
    {
        Rule("Local", "Protocol=6|LPort=22");
        _software.Number($@"{Policy}\DomainProfile", "AllowLocalPolicyMerge", 0).Number($@"{Policy}\PublicProfile", "DoNotAllowExceptions", 1)
            .Text($@"{Policy}\FirewallRules", "{A}", "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|");

        Assert.Equal(
            ["443 domain, private", "22 private"],
            Firewall().Openings.Select(opening => $"{opening.Ports} {string.Join(", ", opening.Networks)}"));
    }

    [Fact]
    public void A_network_that_lets_in_by_default_is_open_to_everybody()
    {
        _system.Number($@"{Local}\DomainProfile", "DefaultInboundAction", 0);

        var firewall = Firewall();

        Assert.Equal(("accept", "domain"), (Assert.Single(firewall.Tools).InputPolicy, Assert.Single(Assert.Single(firewall.Openings).Networks)));
    }

    [RequiresToolFact("hivexregedit")]
    public void Rules_that_hivex_wrote_are_read_as_it_exports_them()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, _system.Key(Local).Build());
            Tool.Run("hivexregedit", ["--merge", "--prefix", @"HKEY_LOCAL_MACHINE\SYSTEM", file], $"""
                Windows Registry Editor Version 5.00

                [HKEY_LOCAL_MACHINE\SYSTEM\{Local}\FirewallRules]
                "FPS-SMB-In-TCP"="v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|LPort=445|RA4=LocalSubnet|RA6=LocalSubnet|App=System|Name=@FirewallAPI.dll,-28511|"
                "CoreNet-ICMP6-DU-In"="v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=58|ICMP6=1:*|App=System|Name=@FirewallAPI.dll,-25110|"
                "RPC-EPMap-In"="v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=RPC-EPMap|Name=x|"

                """);

            var openings = new GuestBuilder("ntfs").File($"{Config}/SOFTWARE", _software.Build()).File($"{Config}/SYSTEM", File.ReadAllBytes(file)).Build().Firewall.Openings;

            var exported = Tool.Run("hivexregedit", "--export", file, $@"\{Local}\FirewallRules");
            Assert.Contains("CoreNet-ICMP6-DU-In", exported, StringComparison.Ordinal);
            Assert.Equal(["icmpv6  any", "tcp 445 LocalSubnet"], openings.Select(opening => $"{opening.Protocol} {opening.Ports} {opening.Source}").Order());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private WindowsFirewallTests Rule(string name, string fields, string action = "Allow")
    {
        _system.Text($@"{Local}\FirewallRules", name, $"v2.31|Action={action}|Active=TRUE|Dir=In|{fields}|");
        return this;
    }

    private FirewallFacts Firewall() => new GuestBuilder("ntfs").File($"{Config}/SOFTWARE", _software.Build()).File($"{Config}/SYSTEM", _system.Build()).Build().Firewall;
}
