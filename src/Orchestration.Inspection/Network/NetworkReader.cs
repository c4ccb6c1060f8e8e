using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>The network configuration of all managers that Linux guests have.</summary>
internal static class NetworkReader
{
    private const string Hosts = "/etc/hosts";

    private const string Resolver = "/etc/resolv.conf";

    private static readonly string[] ResolvedPatterns = ["/etc/systemd/resolved.conf", "/etc/systemd/resolved.conf.d/*.conf"];

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. HostnameReader.Paths, Hosts, Resolver, .. ResolvedPatterns,
        .. IfupdownReader.Paths, .. NetplanReader.Paths, .. NetworkManagerReader.Paths, .. NetworkdReader.Paths, .. IfcfgReader.Paths,
    ];

    public static NetworkFacts Read(FactReader reader)
    {
        var resolver = TextLines.Significant(reader.Text(Resolver) ?? "", "#;").Select(line => line.Words).Where(words => words.Length > 1).ToList();
        var resolved = ResolvedPatterns.SelectMany(reader.Texts).Select(source => IniFile.Parse(source.Text)).ToList();
        return new NetworkFacts
        {
            Hostname = HostnameReader.Read(reader),
            Interfaces =
            [
                .. IfupdownReader.Read(reader), .. NetplanReader.Read(reader), .. NetworkManagerReader.Read(reader), .. NetworkdReader.Read(reader),
                .. IfcfgReader.Read(reader),
            ],
            DnsServers =
            [
                .. resolver.Where(words => words[0] == "nameserver").Select(words => words[1])
                    .Concat(resolved.SelectMany(file => file.Words("Resolve", "DNS"))).Distinct(),
            ],
            SearchDomains =
            [
                .. resolver.Where(words => words[0] is "search" or "domain").SelectMany(words => words.Skip(1))
                    .Concat(resolved.SelectMany(file => file.Words("Resolve", "Domains"))).Distinct(),
            ],
            Hosts =
            [
                .. from line in TextLines.Significant(reader.Text(Hosts) ?? "")
                   let words = (line with { Text = TextLines.WithoutTrailingComment(line.Text) }).Words
                   where words.Length > 1
                   select new HostEntry(words[0], words[1..], line.Number),
            ],
            Warnings = reader.Warnings,
        };
    }
}
