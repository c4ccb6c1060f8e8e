using System.Xml;
using System.Xml.Linq;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>
/// firewalld's zones, firewalld.zone(5): the default one for every interface that no other names, and those that are bound to interfaces or sources. A file in
/// <c>/etc</c> replaces the one of that name in <c>/usr</c>.
/// </summary>
internal static class FirewalldZones
{
    private static readonly string[] Directories = ["/etc/firewalld", "/usr/lib/firewalld"];

    public static IReadOnlyList<string> Paths { get; } = ["/etc/firewalld/zones/*.xml", "/etc/firewalld/services/*.xml", "/usr/lib/firewalld/zones/*.xml"];

    public static IEnumerable<FirewallOpening> Read(FactReader reader, string defaultZone)
    {
        var zones = Directories.SelectMany(directory => reader.Glob($"{directory}/zones/*.xml")).DistinctBy(GuestPath.Name).ToList();
        return zones.SelectMany(path => Load(reader, path) is { } zone ? ReadZone(reader, path, zone, GuestPath.Name(path) == $"{defaultZone}.xml") : []);
    }

    private static IEnumerable<FirewallOpening> ReadZone(FactReader reader, string path, XElement zone, bool isDefault)
    {
        List<(string Source, string? Interface)> bindings =
        [
            .. zone.Elements("source").Select(source => (Text(source, "address") ?? Text(source, "ipset") ?? Text(source, "mac") ?? "?", (string?)null)),
            .. zone.Elements("interface").Select(card => (FirewallOpening.Any, Text(card, "name"))),
        ];
        if (isDefault)
        {
            bindings.Add((FirewallOpening.Any, null));
        }

        return bindings.SelectMany(binding => Text(zone, "target") == "ACCEPT"
            ? [new FirewallOpening("firewalld", FirewallOpening.Any, null, binding.Source, binding.Interface, path, Line(zone))]
            : zone.Elements().SelectMany(element => element.Name.LocalName == "rule" ? ReadRich(reader, path, element, binding) : ReadPlain(reader, path, element, binding)));
    }

    private static List<FirewallOpening> ReadRich(FactReader reader, string path, XElement rule, (string Source, string? Interface) binding)
    {
        if (rule.Element("accept") is null)
        {
            return [];
        }

        var source = rule.Element("source") is { } from
            ? $"{(Text(from, "invert") is "true" or "True" or "yes" ? "! " : "")}{Text(from, "address") ?? Text(from, "ipset") ?? Text(from, "mac") ?? "?"}"
            : binding.Source;
        var openings = rule.Elements().SelectMany(element => ReadPlain(reader, path, element, (source, binding.Interface))).ToList();
        return openings.Count > 0 || rule.Elements().Any(element => element.Name.LocalName is not ("accept" or "source" or "log" or "audit")) ? openings
            : [new FirewallOpening("firewalld", FirewallOpening.Any, null, source, binding.Interface, path, Line(rule))];
    }

    private static IEnumerable<FirewallOpening> ReadPlain(FactReader reader, string path, XElement element, (string Source, string? Interface) binding)
    {
        FirewallOpening Open(string protocol, string? ports) => new("firewalld", protocol, ports, binding.Source, binding.Interface, path, Line(element));
        return element.Name.LocalName switch
        {
            "port" => [Open(Text(element, "protocol") ?? FirewallOpening.Any, Text(element, "port"))],
            "protocol" => [Open(Text(element, "value") ?? FirewallOpening.Any, null)],
            "service" when Text(element, "name") is { } name => ReadService(reader, name).Select(port => Open(port.Protocol, port.Ports)),
            _ => [],
        };
    }

    /// <summary>The ports of a service; its name where nothing says which they are.</summary>
    private static List<(string Protocol, string? Ports)> ReadService(FactReader reader, string name)
    {
        var file = GuestPath.Name(name) == name ? Directories.Select(directory => $"{directory}/services/{name}.xml").FirstOrDefault(reader.Exists) : null;
        var service = file is null ? null : Load(reader, file);
        var ports = service?.Elements("port").Select(port => (Text(port, "protocol") ?? FirewallOpening.Any, Text(port, "port") is { Length: > 0 } number ? number : null))
            .Concat(service.Elements("protocol").Select(protocol => (Text(protocol, "value") ?? FirewallOpening.Any, (string?)null))).ToList();
        return ports is { Count: > 0 } ? ports : [(FirewallOpening.Any, name)];
    }

    private static XElement? Load(FactReader reader, string path)
    {
        if (reader.Text(path) is not { } text)
        {
            return null;
        }

        try
        {
            // Without a DTD there is nothing that could grow.
            using var xml = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(xml, LoadOptions.SetLineInfo).Root;
        }
        catch (XmlException exception)
        {
            reader.WarnUnreadable(path, $"expected XML, found: {exception.Message}");
            return null;
        }
    }

    private static string? Text(XElement element, string attribute) => element.Attribute(attribute)?.Value;

    private static int Line(XElement element) => ((IXmlLineInfo)element).LineNumber;
}
