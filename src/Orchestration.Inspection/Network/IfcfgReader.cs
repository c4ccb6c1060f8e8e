using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>Files <c>ifcfg-*</c> of Red Hat's network-scripts and of SUSE's wicked (ifcfg(5)).</summary>
internal static class IfcfgReader
{
    private static readonly string[] Patterns = ["/etc/sysconfig/network-scripts/ifcfg-*", "/etc/sysconfig/network/ifcfg-*"];

    // What editors and package managers leave beside a file.
    private static readonly string[] IgnoredEndings = ["~", ".bak", ".orig", ".rpmnew", ".rpmorig", ".rpmsave", ".old"];

    public static IReadOnlyList<string> Paths => Patterns;

    public static IEnumerable<NetworkInterface> Read(FactReader reader) =>
        from source in Patterns.SelectMany(reader.Texts)
        where !IgnoredEndings.Any(ending => source.Path.EndsWith(ending, StringComparison.Ordinal))
        select Describe(source.Path, ShellAssignments.Parse(source.Text));

    private static NetworkInterface Describe(string path, IReadOnlyDictionary<string, Assignment> values)
    {
        string? Value(string name) => values.GetValueOrDefault(name)?.Value is { Length: > 0 } value ? value : null;
        IReadOnlyList<string> Numbered(string name) =>
            [.. values.Where(pair => IsNumbered(pair.Key, name) && pair.Value.Value.Length > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Value)];

        var name = Value("DEVICE") ?? GuestPath.Name(path)["ifcfg-".Length..];
        var addresses = values.Where(pair => IsNumbered(pair.Key, "IPADDR")).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => WithLength(pair.Value.Value, Value("PREFIX" + pair.Key["IPADDR".Length..]) ?? Value("PREFIXLEN" + pair.Key["IPADDR".Length..]) ?? Value("NETMASK" + pair.Key["IPADDR".Length..])))
            .Concat(Value("IPV6ADDR") is { } ipv6 ? [ipv6] : []).ToList();
        var isDhcp = Value("BOOTPROTO")?.ToLowerInvariant() is "dhcp" or "dhcp4" or "dhcp6" or "bootp" || Value("DHCPV6C")?.ToLowerInvariant() == "yes";
        return new NetworkInterface(
            name,
            "ifcfg",
            name == "lo" ? "loopback" : Value("TYPE")?.ToLowerInvariant(),
            name == "lo" ? "loopback" : (isDhcp, addresses.Count > 0) switch { (true, true) => "dhcp+static", (true, false) => "dhcp", (false, true) => "static", _ => "manual" },
            addresses,
            [.. Numbered("GATEWAY"), .. Value("IPV6_DEFAULTGW") is { } gateway ? (string[])[gateway] : []],
            Numbered("DNS"),
            Value("MACADDR") ?? Value("HWADDR") ?? Value("LLADDR"),
            path,
            (values.GetValueOrDefault("DEVICE") ?? values.GetValueOrDefault("BOOTPROTO"))?.Line);
    }

    /// <summary><c>IPADDR</c>, <c>IPADDR0</c>, <c>IPADDR_1</c>.</summary>
    private static bool IsNumbered(string key, string name) =>
        key.StartsWith(name, StringComparison.Ordinal) && key.AsSpan(name.Length).TrimStart('_').IndexOfAnyExceptInRange('0', '9') < 0;

    private static string WithLength(string address, string? length) =>
        length is null || address.Contains('/', StringComparison.Ordinal) ? address : $"{address}/{length}";
}
