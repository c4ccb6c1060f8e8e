using Orchestration.GuestFixtures;
using Orchestration.Inspection.Network;

namespace Orchestration.Inspection.Tests.Network;

public sealed class NetworkTests
{
    [Fact]
    public void Ifupdown_stanzas_are_read_with_what_they_source()
    {
        var interfaces = new GuestBuilder()
            .File("/etc/network/interfaces", "source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n")
            .File("/etc/network/interfaces.d/eth0", "allow-hotplug eth0\niface eth0 inet static\n  address 192.0.2.5\n  netmask 255.255.255.0\n  gateway 192.0.2.1\n  dns-nameservers 192.0.2.53 198.51.100.53\niface eth1 inet dhcp\n")
            .Build().Network.Interfaces;

        Assert.Equal([("eth0", "static"), ("eth1", "dhcp"), ("lo", "loopback")], interfaces.Select(item => (item.Name, item.Method)));
        Assert.Equal(["192.0.2.5/255.255.255.0"], interfaces[0].Addresses);
        Assert.Equal(["192.0.2.1"], interfaces[0].Gateways);
        Assert.Equal(["192.0.2.53", "198.51.100.53"], interfaces[0].DnsServers);
        Assert.Equal(("/etc/network/interfaces.d/eth0", 2), (interfaces[0].File, interfaces[0].Line));
    }

    [Fact]
    public void Netplan_devices_are_read_by_kind()
    {
        var interfaces = Netplan("""
            network:
              version: 2
              ethernets:
                ens3:
                  match: {macaddress: "52:54:00:12:34:56"}
                  set-name: eth0
                  dhcp4: true
                ens4:
                  addresses: [192.0.2.5/24, {"192.0.2.6/24": {label: "x"}}]
                  routes: [{to: default, via: 192.0.2.1}]
                  nameservers: {addresses: [192.0.2.53]}
              bonds:
                bond0: {interfaces: [ens3]}
            """).Interfaces;

        Assert.Equal(
            [("eth0", "ethernet", "dhcp"), ("ens4", "ethernet", "static"), ("bond0", "bond", "manual")],
            interfaces.Select(item => (item.Name, item.Kind ?? "", item.Method)));
        Assert.Equal("52:54:00:12:34:56", interfaces[0].HardwareAddress);
        Assert.Equal(["192.0.2.5/24", "192.0.2.6/24"], interfaces[1].Addresses);
        Assert.Equal(["192.0.2.1"], interfaces[1].Gateways);
        Assert.Equal(["192.0.2.53"], interfaces[1].DnsServers);
        Assert.Equal(4, interfaces[0].Line);
    }

    [Fact]
    public void A_device_in_several_netplan_files_is_one_whose_lists_grow_and_whose_values_are_the_last()
    {
        var found = new GuestBuilder()
            .File("/etc/netplan/01-a.yaml", "network: {ethernets: {eth0: {dhcp4: true, addresses: [192.0.2.5/24], nameservers: {addresses: [192.0.2.53]}, routes: [{to: default, via: 192.0.2.1}]}}}")
            .File("/etc/netplan/50-b.yaml", "network: {ethernets: {eth0: {dhcp4: false, addresses: [198.51.100.7/24, 192.0.2.5/24], nameservers: {addresses: [198.51.100.53]}}}}")
            .File("/etc/netplan/99-c.yml", "network: {ethernets: {eth0: {dhcp4: true}}}").Build().Network.Interfaces;

        var device = Assert.Single(found);
        Assert.Equal(("static", "192.0.2.1", "/etc/netplan/50-b.yaml"), (device.Method, Assert.Single(device.Gateways), device.File));
        Assert.Equal(["192.0.2.5/24", "198.51.100.7/24"], device.Addresses);
        Assert.Equal(["192.0.2.53", "198.51.100.53"], device.DnsServers);
    }

    [Fact]
    public void A_netplan_file_in_etc_hides_one_of_its_name_elsewhere()
    {
        var interfaces = new GuestBuilder()
            .File("/usr/lib/netplan/50-a.yaml", "network: {ethernets: {vendor: {dhcp4: true}}}")
            .File("/etc/netplan/50-a.yaml", "network: {ethernets: {site: {dhcp4: true}}}").Build().Network.Interfaces;

        Assert.Equal("site", Assert.Single(interfaces).Name);
    }

    [Theory]
    [InlineData("network: [unclosed")]
    [InlineData("a: &a [x]\nb: &b [*a, *a]\nnetwork: *b\n")]
    public void Broken_and_multiplying_yaml_is_a_warning(string yaml)
    {
        var network = Netplan(yaml);

        Assert.Empty(network.Interfaces);
        Assert.Equal("/etc/netplan/01.yaml", Assert.Single(network.Warnings).File);
    }

    [Fact]
    public void Deeply_nested_yaml_is_a_warning()
    {
        Assert.Single(Netplan(new string('[', 10_000) + new string(']', 10_000)).Warnings);
    }

    [Fact]
    public void Network_manager_connections_are_read_without_their_secrets()
    {
        const string Connection = "[connection]\nid=Office\ntype=wifi\ninterface-name=wlan0\n[wifi]\nmac-address=00:11:22:33:44:55\n"
            + "[wifi-security]\npsk=topsecret\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24,192.0.2.1\ndns=192.0.2.53;\n";

        var network = new GuestBuilder().File("/etc/NetworkManager/system-connections/office.nmconnection", Connection, mode: 600).Build().Network;

        var item = Assert.Single(network.Interfaces);
        Assert.Equal(("wlan0", "wifi", "static", "00:11:22:33:44:55"), (item.Name, item.Kind, item.Method, item.HardwareAddress));
        Assert.Equal(["192.0.2.5/24"], item.Addresses);
        Assert.Equal(["192.0.2.1"], item.Gateways);
        Assert.Equal(["192.0.2.53"], item.DnsServers);
        Assert.DoesNotContain("topsecret", System.Text.Json.JsonSerializer.Serialize(network), StringComparison.Ordinal);
    }

    [Fact]
    public void Networkd_files_are_read()
    {
        var item = Assert.Single(new GuestBuilder()
            .File("/etc/systemd/network/10-lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes\nAddress=192.0.2.5/24\nGateway=192.0.2.1\nDNS=192.0.2.53\n")
            .Build().Network.Interfaces);

        Assert.Equal(("en*", "networkd", "dhcp+static"), (item.Name, item.Manager, item.Method));
    }

    [Fact]
    public void Resolver_hosts_and_hostname_are_read()
    {
        var network = new GuestBuilder().File("/etc/hostname", "web01\n")
            .File("/etc/resolv.conf", "; comment\nsearch example.com lan\nnameserver 192.0.2.53\n")
            .File("/etc/systemd/resolved.conf", "[Resolve]\nDNS=198.51.100.53\n")
            .File("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 web01.example.com web01 # me\n").Build().Network;

        Assert.Equal("web01", network.Hostname);
        Assert.Equal(["192.0.2.53", "198.51.100.53"], network.DnsServers);
        Assert.Equal(["example.com", "lan"], network.SearchDomains);
        Assert.Equal(("127.0.1.1", 2), (network.Hosts[1].Address, network.Hosts[1].Line));
        Assert.Equal(["web01.example.com", "web01"], network.Hosts[1].Names);
    }

    private static NetworkFacts Netplan(string yaml) => new GuestBuilder().File("/etc/netplan/01.yaml", yaml, mode: 600).Build().Network;
}
