using System.Net;
using System.Net.Sockets;

namespace Orchestration.Functions.Webhooks;

/// <summary>Tells addresses of the public Internet from those that lead into networks of one's own.</summary>
internal static class WebhookAddresses
{
    // The special-purpose registries of IANA (RFC 6890 and later), multicast included.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Of the global ones: protocol assignments with Teredo, documentation, and 6to4, which carries any IPv4 address.
    private static readonly IPNetwork[] NotPublicOfGlobal = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? !NotPublic.Any(network => network.Contains(address))
            : GlobalUnicast.Contains(address) && !NotPublicOfGlobal.Any(network => network.Contains(address));
    }
}
