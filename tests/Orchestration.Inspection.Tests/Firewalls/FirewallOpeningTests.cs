using System.Text;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Firewalls;

namespace Orchestration.Inspection.Tests.Firewalls;

/// <summary>What each tool's rules let in.</summary>
public sealed class FirewallOpeningTests
{
    [Fact]
    public void Ufw_lets_in_what_it_was_told_to_allow()
    {
        Assert.Equal(
            ["tcp 22 any :2", "tcp 80 10.0.0.0/8 :3", "tcp 443 10.0.0.0/8 :3", "udp 60000-61000 any :4", "tcp 8080 any eth0:5", "any all 192.168.1.5 :7"],
            Ufw("""
                *filter
                ### tuple ### limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
                ### tuple ### allow tcp 80,443 0.0.0.0/0 any 10.0.0.0/8 Nginx%20Full - in
                ### tuple ### allow udp 60000:61000 0.0.0.0/0 any 0.0.0.0/0 in comment=6d6f7368
                ### tuple ### allow_log tcp 8080 0.0.0.0/0 any 0.0.0.0/0 in_eth0
                ### tuple ### allow tcp 25 0.0.0.0/0 any 0.0.0.0/0 out
                ### tuple ### allow any any 0.0.0.0/0 any 192.168.1.5 in
                ### tuple ### route:allow tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in_eth0!out_eth1
                ### tuple ### deny tcp 3306 0.0.0.0/0 any 0.0.0.0/0 in
                ### tuple ### allow tcp 3306 0.0.0.0/0 any 10.0.0.0/8 in
                """));
    }

    [Fact]
    public void Iptables_lets_in_what_its_input_chain_accepts_before_it_turns_the_rest_away()
    {
        Assert.Equal(
            ["icmp all any :6", "tcp 22 10.0.0.0/8 :7", "tcp 80 any :11", "tcp 443 any :11", "tcp 8000-8010 any eth1:12"],
            Iptables("""
                *nat
                -A INPUT -p tcp --dport 1 -j ACCEPT
                *filter
                :INPUT ACCEPT [0:0]
                :WEB - [0:0]
                -A INPUT -p icmp -j ACCEPT
                -A INPUT -s 10.0.0.0/8 -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
                -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                -A INPUT -i lo -j ACCEPT
                -A INPUT -p tcp -j WEB
                -A WEB -m multiport --dports 80,443 -j ACCEPT
                -A WEB -i eth1 --dport 8000:8010 -j ACCEPT
                -A INPUT -j REJECT --reject-with icmp-host-prohibited
                -A INPUT -p tcp --dport 9999 -j ACCEPT
                COMMIT
                """));
    }

    [Fact]
    public void Iptables_without_a_rule_that_turns_the_rest_away_lets_everything_in() =>
        Assert.Equal(["tcp 22 any :3", "any all any :2"], Iptables("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp --tcp-flags ALL NONE -j DROP\nCOMMIT\n"));

    [Fact]
    public void Nftables_lets_in_what_chains_on_the_hook_accept()
    {
        Assert.Equal(
            ["tcp 22 10.0.0.0/8,192.168.0.0/16 :14", "tcp 80 any :15", "tcp 443 any :15", "tcp 8000-8010 any :15", "udp 53 any eth0:16", "icmp all any :17", "tcp 5432 192.0.2.7 :21"],
            Nftables("""
                #!/usr/sbin/nft -f
                flush ruleset
                define WEB = { 80, 443,
                  8000-8010 }
                table inet filter {
                    set office {
                        type ipv4_addr
                        elements = { 10.0.0.0/8, 192.168.0.0/16 }
                    }
                    chain input {
                        type filter hook input priority 0; policy drop;
                        ct state { established, related } accept
                        iif "lo" accept
                        ip saddr @office tcp dport 22 ct state new accept
                        tcp dport $WEB accept comment "all; of the web"
                        iifname eth0 udp dport 53 counter accept
                        meta l4proto icmp accept
                        tcp dport 5432 jump databases
                    }
                    chain databases {
                        ip saddr 192.0.2.7 accept
                    }
                    chain output { type filter hook output priority 0; accept; }
                }
                """));
    }

    [Fact]
    public void Nftables_rules_may_be_commands_and_in_files_that_are_included()
    {
        var facts = new GuestBuilder().File("/etc/nftables.conf", "include \"/etc/nftables.d/*.nft\"\n")
            .File("/etc/nftables.d/10-base.nft", "add table ip filter\nadd chain ip filter input { type filter hook input priority 0; policy drop; }\n")
            .File("/etc/nftables.d/20-ssh.nft", "add rule ip filter input tcp dport 22 accept\n").Build().Firewall;

        Assert.Equal(("22", "/etc/nftables.d/20-ssh.nft", 1), Assert.Single(facts.Openings.Select(opening => (opening.Ports, opening.File, opening.Line))));
    }

    [Fact]
    public void Firewalld_lets_in_what_its_zones_name_by_their_bindings()
    {
        var facts = Firewalld("internal").File("/etc/firewalld/zones/internal.xml", """
                <?xml version="1.0" encoding="utf-8"?>
                <zone>
                  <interface name="eth1"/>
                  <service name="ssh"/>
                  <service name="unknown"/>
                  <port port="8000-8010" protocol="tcp"/>
                  <rule family="ipv4"><source address="10.0.0.0/8"/><port port="5432" protocol="tcp"/><accept/></rule>
                  <rule><port port="1" protocol="tcp"/><reject/></rule>
                </zone>
                """)
            .File("/usr/lib/firewalld/zones/internal.xml", "<zone target=\"ACCEPT\"/>")
            .File("/usr/lib/firewalld/zones/trusted.xml", "<zone target=\"ACCEPT\"/>")
            .File("/etc/firewalld/zones/work.xml", "<zone><source address=\"192.0.2.0/24\"/><port port=\"80\" protocol=\"tcp\"/></zone>")
            .File("/usr/lib/firewalld/services/ssh.xml", "<service><port protocol=\"tcp\" port=\"22\"/></service>").Build().Firewall;

        Assert.Equal(
            [
                "tcp 22 any eth1:4", "any unknown any eth1:5", "tcp 8000-8010 any eth1:6", "tcp 5432 10.0.0.0/8 eth1:7",
                "tcp 22 any :4", "any unknown any :5", "tcp 8000-8010 any :6", "tcp 5432 10.0.0.0/8 :7", "tcp 80 192.0.2.0/24 :1",
            ],
            Describe(facts));
    }

    [Fact]
    public void A_zone_that_is_no_XML_is_a_warning()
    {
        var facts = Firewalld("public").File("/etc/firewalld/zones/public.xml", "<!DOCTYPE z [<!ENTITY a \"b\">]><zone>&a;</zone>").Build().Firewall;

        Assert.Equal("/etc/firewalld/zones/public.xml", Assert.Single(facts.Warnings).File);
    }

    [Fact]
    public void Chains_that_jump_to_each_other_end()
    {
        var iptables = new StringBuilder("*filter\n:INPUT DROP [0:0]\n");
        var nftables = new StringBuilder("table inet filter {\nchain input {\ntype filter hook input priority 0; policy drop;\n");
        for (var number = 0; number < 2000; number++)
        {
            iptables.Append("-A INPUT -j INPUT\n");
            nftables.Append("jump input\n");
        }

        Assert.Empty(Iptables(iptables.ToString()));
        Assert.Empty(Nftables(nftables + "}\n}\n"));
        Assert.Empty(Nftables("table inet filter { chain input { " + string.Concat(Enumerable.Repeat("add chain x y { ", 200_000))));
    }

    [Theory]
    [InlineData("22", "tcp", 22, true)]
    [InlineData("20-30", "tcp", 22, true)]
    [InlineData("20-30", "udp", 22, false)]
    [InlineData("ssh", "tcp", 22, false)]
    [InlineData(null, "tcp", 22, true)]
    public void An_opening_covers_ports_of_its_protocol(string? ports, string protocol, int port, bool expected) =>
        Assert.Equal(expected, new FirewallOpening("ufw", "tcp", ports, FirewallOpening.Any, null, "/f", 1).Covers(protocol, port));

    private static IReadOnlyList<string> Ufw(string rules) => Describe(new GuestBuilder().File("/etc/ufw/user.rules", rules).Build().Firewall);

    private static IReadOnlyList<string> Iptables(string rules) => Describe(new GuestBuilder().File("/etc/iptables/rules.v4", rules).Build().Firewall);

    private static IReadOnlyList<string> Nftables(string rules) => Describe(new GuestBuilder().File("/etc/nftables.conf", rules).Build().Firewall);

    private static GuestBuilder Firewalld(string zone) =>
        new GuestBuilder().File("/usr/sbin/firewalld").EnabledUnit("firewalld.service").File("/etc/firewalld/firewalld.conf", $"DefaultZone={zone}\n");

    private static IReadOnlyList<string> Describe(FirewallFacts facts) =>
        [.. facts.Openings.Select(opening => $"{opening.Protocol} {opening.Ports ?? "all"} {opening.Source} {opening.Interface}:{opening.Line}")];
}
