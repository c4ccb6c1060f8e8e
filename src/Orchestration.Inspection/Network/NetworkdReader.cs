using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>Networks of systemd-networkd, by systemd.network(5).</summary>
internal static class NetworkdReader
{
    private const string Pattern = "/etc/systemd/network/*.network";

    public static IReadOnlyList<string> Paths { get; } = [Pattern];

    /// <summary>The vendor's files configure containers and the like until the administrator overrides them: only files in <c>/etc</c> say something of this guest.</summary>
    public static IEnumerable<NetworkInterface> Read(FactReader reader) =>
        reader.Texts(Pattern).Select(source => Describe(source.Path, IniFile.Parse(source.Text)));

    private static NetworkInterface Describe(string path, IniFile file)
    {
        IReadOnlyList<string> addresses = [.. file.Words("Network", "Address").Concat(file.Words("Address", "Address"))];
        var isDhcp = file.Value("Network", "DHCP")?.ToLowerInvariant() is "yes" or "true" or "ipv4" or "ipv6" or "both";
        var match = file.Entries.FirstOrDefault(entry => entry.Section == "Match");
        return new NetworkInterface(
            file.Value("Match", "Name") ?? file.Value("Match", "MACAddress") ?? file.Value("Match", "Type") ?? GuestPath.Name(path),
            "networkd",
            file.Value("Match", "Type"),
            (isDhcp, addresses.Count > 0) switch { (true, true) => "dhcp+static", (true, false) => "dhcp", (false, true) => "static", _ => "manual" },
            addresses,
            [.. file.Words("Network", "Gateway").Concat(file.Words("Route", "Gateway"))],
            file.Words("Network", "DNS"),
            file.Value("Link", "MACAddress") ?? file.Value("Match", "MACAddress"),
            path,
            match?.Line);
    }
}
