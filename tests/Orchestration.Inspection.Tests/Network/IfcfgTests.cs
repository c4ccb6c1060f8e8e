using Orchestration.GuestFixtures;
using Orchestration.Inspection.Network;

namespace Orchestration.Inspection.Tests.Network;

public sealed class IfcfgTests
{
    [Fact]
    public void A_static_interface_of_Red_Hat_has_addresses_gateway_and_name_servers()
    {
        var found = Read("/etc/sysconfig/network-scripts/ifcfg-eth0", """
            TYPE="Ethernet"
            DEVICE="eth0"
            BOOTPROTO="none"
            IPADDR=192.0.2.10
            PREFIX=24
            IPADDR1=192.0.2.11
            NETMASK1=255.255.255.0
            GATEWAY=192.0.2.1
            DNS1=192.0.2.2
            DNS2=192.0.2.3
            HWADDR=52:54:00:12:34:56
            ONBOOT=yes
            """);

        Assert.Equal(
            ("eth0", "ifcfg", "ethernet", "static", "52:54:00:12:34:56", 2),
            (found.Name, found.Manager, found.Kind, found.Method, found.HardwareAddress, found.Line));
        Assert.Equal(["192.0.2.10/24", "192.0.2.11/255.255.255.0"], found.Addresses);
        Assert.Equal(["192.0.2.1"], found.Gateways);
        Assert.Equal(["192.0.2.2", "192.0.2.3"], found.DnsServers);
    }

    [Theory]
    [InlineData("BOOTPROTO=dhcp\n", "dhcp")]
    [InlineData("BOOTPROTO='dhcp'\nIPADDR='192.0.2.5/24'\n", "dhcp+static")]
    [InlineData("STARTMODE='auto'\n", "manual")]
    public void An_interface_of_SUSE_is_named_by_its_file(string content, string method)
    {
        var found = Read("/etc/sysconfig/network/ifcfg-eth1", content);

        Assert.Equal(("eth1", method), (found.Name, found.Method));
    }

    [Fact]
    public void What_package_managers_leave_beside_a_file_is_no_interface()
    {
        var guest = new GuestBuilder().File("/etc/sysconfig/network-scripts/ifcfg-eth0.rpmsave", "DEVICE=eth0\n").File("/etc/sysconfig/network-scripts/ifcfg-eth0~", "DEVICE=eth0\n").Build();

        Assert.Empty(guest.Network.Interfaces);
    }

    private static NetworkInterface Read(string path, string content) => Assert.Single(new GuestBuilder().File(path, content).Build().Network.Interfaces);
}
