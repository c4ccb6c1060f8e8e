using Orchestration.Inspection.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Network;

public sealed class NetplanTests
{
    [RequiresDebianRootFact("chroot")]
    public void Devices_are_those_that_netplan_itself_puts_together_of_several_files()
    {
        var folder = $"{DebianRoot.Folder}/tmp/netplan-{Environment.ProcessId}";
        try
        {
            var guest = new FolderGuest(folder)
                .File("/etc/netplan/01-a.yaml", "network:\n  version: 2\n  ethernets:\n    eth0: {dhcp4: true, addresses: [192.0.2.5/24], nameservers: {addresses: [192.0.2.53]}}\n    nics: {match: {name: 'ens*'}, dhcp4: yes, set-name: lan0}\n")
                .File("/etc/netplan/50-b.yaml", "network:\n  ethernets:\n    eth0: {dhcp4: false, addresses: [198.51.100.7/24, '2001:db8::1/64'], nameservers: {addresses: [198.51.100.53]}, dhcp6: true}\n  bonds:\n    bond0: {interfaces: [eth0], addresses: [203.0.113.9/24]}\n")
                .File("/etc/netplan/50-B.yaml", "network: {ethernets: {eth9: {dhcp4: false, addresses: [10.9.9.9/24]}}}\n")
                .File("/etc/netplan/99-c.yml", "network: {ethernets: {none: {dhcp4: true}}}\n")
                .File("/lib/netplan/10-lib.yaml", "network: {ethernets: {vendor: {dhcp4: true}}}\n")
                .File("/lib/netplan/50-b.yaml", "network: {ethernets: {hidden: {dhcp4: true}}}\n").Build();

            var merged = Tool.Run("chroot", DebianRoot.Folder, "netplan", "get", "--root-dir", folder[DebianRoot.Folder.Length..], "all");

            // What netplan merged, read by the same reader from one file, is what was read from all of them.
            var expected = new GuestFixtures.GuestBuilder().File("/etc/netplan/01.yaml", merged).Build().Network.Interfaces;
            Assert.Equal(["bond0", "eth0", "eth9", "lan0", "vendor"], expected.Select(device => device.Name).Order(StringComparer.Ordinal));
            Assert.Equal(
                expected.Select(Describe).Order(StringComparer.Ordinal),
                guest.Network.Interfaces.Select(Describe).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Describe(Inspection.Network.NetworkInterface device) =>
        $"{device.Name} {device.Kind} {device.Method} {string.Join(',', device.Addresses)} {string.Join(',', device.DnsServers)}";
}
