using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>interfaces(5) of Debian: <c>iface</c> stanzas, with <c>source</c> and <c>source-directory</c>.</summary>
internal static class IfupdownReader
{
    private const string Main = "/etc/network/interfaces";

    private static readonly string[] StanzaWords = ["iface", "mapping", "auto", "source", "source-directory", "no-auto-down", "no-scripts", "template"];

    public static IReadOnlyList<string> Paths { get; } = [Main, "/etc/network/interfaces.d/*"];

    public static IEnumerable<NetworkInterface> Read(FactReader reader)
    {
        var interfaces = new List<NetworkInterface>();
        ReadFile(reader, Main, interfaces, []);
        return interfaces;
    }

    private static void ReadFile(FactReader reader, string path, List<NetworkInterface> interfaces, HashSet<string> seen)
    {
        // Each file counts once, which also ends files that source each other.
        if (!seen.Add(path) || reader.Text(path) is not { } text)
        {
            return;
        }

        (string Name, string Family, string Method, int Line)? current = null;
        var options = new List<(string Key, string Value)>();
        void End()
        {
            if (current is var (name, _, method, line))
            {
                interfaces.Add(Describe(name, method, options, path, line));
            }

            current = null;
            options.Clear();
        }

        foreach (var line in TextLines.Significant(text))
        {
            var words = line.Words;
            if (!StanzaWords.Contains(words[0], StringComparer.Ordinal) && !words[0].StartsWith("allow-", StringComparison.Ordinal))
            {
                options.Add((words[0], string.Join(' ', words.Skip(1))));
                continue;
            }

            End();
            switch (words)
            {
                case ["iface", var name, var family, var method, ..]:
                    current = (name, family, method, line.Number);
                    break;
                case ["iface", var name, ..]:
                    current = (name, "inet", "manual", line.Number);
                    break;
                case ["source" or "source-directory", var target, ..]:
                    var pattern = GuestPath.Combine(GuestPath.Parent(path), target) + (words[0] == "source-directory" ? "/*" : "");
                    foreach (var file in reader.Glob(pattern))
                    {
                        ReadFile(reader, file, interfaces, seen);
                    }

                    break;
            }
        }

        End();
    }

    private static NetworkInterface Describe(string name, string method, List<(string Key, string Value)> options, string path, int line)
    {
        IReadOnlyList<string> All(string key) => [.. options.Where(option => option.Key == key).Select(option => option.Value)];
        var mask = options.FirstOrDefault(option => option.Key == "netmask").Value;
        return new NetworkInterface(
            name,
            "ifupdown",
            method == "loopback" ? "loopback" : options.Exists(option => option.Key == "bridge_ports") ? "bridge"
                : options.Exists(option => option.Key is "bond-mode" or "bond_mode" or "bond-slaves") ? "bond" : null,
            method == "auto" ? "dhcp" : method,
            [.. All("address").Select(address => mask is null || address.Contains('/', StringComparison.Ordinal) ? address : $"{address}/{mask}")],
            All("gateway"),
            [.. All("dns-nameservers").SelectMany(servers => servers.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
            All("hwaddress").Select(address => address.Split(' ')[^1]).FirstOrDefault(),
            path,
            line);
    }
}
