using Orchestration.Inspection.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestration.Inspection.Network;

/// <summary>
/// Interfaces of netplan(5): files of three directories, one of a name in <c>/run</c> hiding that in <c>/etc</c>, and that the distribution's. A device that
/// several files define is one: later values win, lists are added to.
/// </summary>
internal static class NetplanReader
{
    private const int MaximumBytes = 1 << 20;

    private static readonly string[] Directories = ["/run/netplan", "/etc/netplan", "/usr/lib/netplan", "/lib/netplan"];

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["ethernets"] = "ethernet",
        ["wifis"] = "wifi",
        ["bonds"] = "bond",
        ["bridges"] = "bridge",
        ["vlans"] = "vlan",
        ["tunnels"] = "tunnel",
        ["vrfs"] = "vrf",
        ["modems"] = "modem",
        ["dummy-devices"] = "dummy",
    };

    public static IReadOnlyList<string> Paths { get; } = [.. Directories.Select(directory => $"{directory}/*.yaml")];

    public static IEnumerable<NetworkInterface> Read(FactReader reader)
    {
        var files = Directories.SelectMany(directory => reader.Glob($"{directory}/*.yaml")).DistinctBy(GuestPath.Name).OrderBy(GuestPath.Name, StringComparer.Ordinal);
        var devices = from path in files
                      from device in ReadFile(reader, path)
                      group device by (device.Kind, device.Name.Value);
        return devices.Select(definitions => Describe(definitions.Last() with { Content = definitions.Select(device => device.Content).Aggregate(Merge) }));
    }

    private static List<Device> ReadFile(FactReader reader, string path)
    {
        if (reader.Text(path, MaximumBytes) is not { } text)
        {
            return [];
        }

        if (Load(text, out var problem) is not { } root)
        {
            reader.Warn(path, problem);
            return [];
        }

        return
        [
            .. from kind in Kinds
               let devices = Mapping(Mapping(root, "network"), kind.Key)
               where devices is not null
               from device in devices.Children
               where device is { Key: YamlScalarNode, Value: YamlMappingNode }
               select new Device((YamlScalarNode)device.Key, (YamlMappingNode)device.Value, kind.Value, path),
        ];
    }

    private static YamlMappingNode Merge(YamlMappingNode earlier, YamlMappingNode later)
    {
        var merged = new YamlMappingNode(earlier.Children);
        foreach (var (key, value) in later.Children)
        {
            merged.Children[key] = (merged.Children.TryGetValue(key, out var known) ? known : null, value) switch
            {
                (YamlMappingNode old, YamlMappingNode fresh) => Merge(old, fresh),
                (YamlSequenceNode old, YamlSequenceNode fresh) => new YamlSequenceNode(old.Children.Concat(fresh.Children).Distinct()),
                _ => value,
            };
        }

        return merged;
    }

    private static NetworkInterface Describe(Device definition)
    {
        var (name, device, kind, path) = definition;
        var isDhcp = IsTrue(device, "dhcp4") || IsTrue(device, "dhcp6");
        var addresses = Strings(device, "addresses");
        var gateways = new[] { Scalar(device, "gateway4"), Scalar(device, "gateway6") }.OfType<string>();
        var routes = from route in (Child(device, "routes") as YamlSequenceNode)?.Children ?? []
                     where route is YamlMappingNode mapping && Scalar(mapping, "to") is "default" or "0.0.0.0/0" or "::/0"
                     select Scalar((YamlMappingNode)route, "via");
        return new NetworkInterface(
            Scalar(device, "set-name") ?? name.Value ?? "",
            "netplan",
            kind,
            (isDhcp, addresses.Count > 0) switch { (true, true) => "dhcp+static", (true, false) => "dhcp", (false, true) => "static", _ => "manual" },
            addresses,
            [.. gateways.Concat(routes.OfType<string>())],
            Mapping(device, "nameservers") is { } nameServers ? Strings(nameServers, "addresses") : [],
            Scalar(device, "macaddress") ?? (Mapping(device, "match") is { } match ? Scalar(match, "macaddress") : null),
            path,
            (int)Math.Min(name.Start.Line, int.MaxValue));
    }

    /// <summary>YAML of a guest is hostile: aliases, which can multiply a small file into gigabytes, are refused, as is deep nesting.</summary>
    private static YamlMappingNode? Load(string text, out string problem)
    {
        problem = "expected a mapping of YAML, found none";
        try
        {
            if (!IsSafe(text))
            {
                problem = "expected YAML without aliases and at most 32 levels deep, found more; not read";
                return null;
            }

            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..] ? root : null;
        }
        catch (YamlException exception)
        {
            problem = $"line {exception.Start.Line}: expected YAML, found {exception.Message}";
            return null;
        }
    }

    private static bool IsSafe(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current?.NestingIncrease ?? 0;
            if (parser.Current is YamlDotNet.Core.Events.AnchorAlias || depth > 32 + 2)
            {
                return false;
            }
        }

        return true;
    }

    private static YamlNode? Child(YamlMappingNode? node, string key) =>
        node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static YamlMappingNode? Mapping(YamlMappingNode? node, string key) => Child(node, key) as YamlMappingNode;

    private static string? Scalar(YamlMappingNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    private static bool IsTrue(YamlMappingNode node, string key) => Scalar(node, key)?.ToLowerInvariant() is "true" or "yes" or "on" or "ipv4" or "ipv6" or "both";

    /// <summary>A list of addresses; one with options of its own is a mapping of one key.</summary>
    private static IReadOnlyList<string> Strings(YamlMappingNode node, string key) =>
        Child(node, key) is YamlSequenceNode list
            ? [.. list.Children.Select(item => item switch
                {
                    YamlScalarNode scalar => scalar.Value,
                    YamlMappingNode { Children: [{ Key: YamlScalarNode scalar }, ..] } => scalar.Value,
                    _ => null,
                }).OfType<string>()]
            : [];

    /// <param name="Name">Its id, which is its interface's name where nothing else is said.</param>
    /// <param name="Content">What is said of it.</param>
    /// <param name="Kind">As <see cref="NetworkInterface.Kind"/>.</param>
    /// <param name="Path">The last file that says something of it.</param>
    private sealed record Device(YamlScalarNode Name, YamlMappingNode Content, string Kind, string Path);
}
