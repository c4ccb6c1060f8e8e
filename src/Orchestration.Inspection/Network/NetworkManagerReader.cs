using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>Connections of NetworkManager in key file format (nm-settings-keyfile(5)). Secrets in them are not read.</summary>
internal static class NetworkManagerReader
{
    private static readonly string[] Patterns =
    [
        "/etc/NetworkManager/system-connections/*", "/usr/lib/NetworkManager/system-connections/*",
    ];

    public static IReadOnlyList<string> Paths => Patterns;

    public static IEnumerable<NetworkInterface> Read(FactReader reader) => Patterns.SelectMany(reader.Texts).Select(Describe).OfType<NetworkInterface>();

    private static NetworkInterface? Describe((string Path, string Text) source)
    {
        var file = IniFile.Parse(source.Text);
        if (file.Find("connection", "type") is not { } type)
        {
            return null;
        }

        var addresses = new List<string>();
        var gateways = new List<string>();
        foreach (var entry in file.Entries.Where(entry => entry.Section is "ipv4" or "ipv6"))
        {
            if (entry.Key.StartsWith("address", StringComparison.Ordinal) && !entry.Key.StartsWith("address-", StringComparison.Ordinal))
            {
                // address1=192.0.2.5/24,192.0.2.1
                var parts = entry.Value.Split(',', StringSplitOptions.TrimEntries);
                addresses.Add(parts[0]);
                gateways.AddRange(parts.Skip(1).Take(1));
            }
            else if (entry.Key == "gateway")
            {
                gateways.Add(entry.Value);
            }
        }

        return new NetworkInterface(
            file.Value("connection", "interface-name") ?? file.Value("connection", "id") ?? "",
            "NetworkManager",
            type.Value,
            (file.Value("ipv4", "method") ?? file.Value("ipv6", "method")) switch
            {
                "auto" or null => addresses.Count > 0 ? "dhcp+static" : "dhcp",
                "manual" => "static",
                var other => other,
            },
            addresses,
            [.. gateways.Distinct()],
            [.. new[] { file.Value("ipv4", "dns"), file.Value("ipv6", "dns") }.OfType<string>()
                .SelectMany(servers => servers.Split(';', ',').Where(server => server.Length > 0))],
            file.Value(type.Value, "cloned-mac-address") ?? file.Value(type.Value, "mac-address"),
            source.Path,
            type.Line);
    }
}
