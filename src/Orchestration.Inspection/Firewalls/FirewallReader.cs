using System.Text.RegularExpressions;
using Orchestration.Inspection.Firewalls.Openings;
using Orchestration.Inspection.Services;
using Orchestration.Inspection.Text;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection.Firewalls;

/// <summary>ufw, nftables, firewalld, the rule files of iptables-persistent, and Windows Firewall.</summary>
internal static partial class FirewallReader
{
    private const string UfwSwitch = "/etc/ufw/ufw.conf";

    private const string UfwDefaults = "/etc/default/ufw";

    private const string Firewalld = "/etc/firewalld/firewalld.conf";

    private static readonly string[] NftablesFiles = ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"];

    private static readonly string[] IptablesFiles = ["/etc/iptables/rules.v4", "/etc/sysconfig/iptables"];

    private static readonly string[] Programs = ["/usr/sbin/ufw", "/usr/sbin/nft", "/usr/sbin/firewalld", "/usr/sbin/iptables"];

    public static IReadOnlyList<string> Paths { get; } =
        [UfwSwitch, UfwDefaults, Firewalld, .. NftablesFiles, .. IptablesFiles, .. UfwRules.Paths, .. IptablesRules.Paths, .. NftablesRules.Paths, .. FirewalldZones.Paths];

    /// <summary>Only whether these are there matters.</summary>
    public static IReadOnlyList<string> HeaderPaths => Programs;

    public static FirewallFacts Read(FactReader reader, ServiceFacts services, WindowsRegistry? registry)
    {
        if (registry is not null)
        {
            return new FirewallFacts { Tools = [WindowsFirewallRules.Describe(registry)], Openings = [.. WindowsFirewallRules.Read(registry)], Warnings = reader.Warnings };
        }

        FirewallTool[] tools = [ReadUfw(reader, services), ReadNftables(reader, services), ReadFirewalld(reader, services), ReadIptables(reader, services)];
        return new FirewallFacts
        {
            Tools = [.. tools.Where(tool => tool.Installed || tool.File is not null)],
            Openings =
            [
                .. UfwRules.Read(reader),
                .. NftablesRules.Read(reader, NftablesFiles),
                .. tools[2].DefaultZone is { } zone ? FirewalldZones.Read(reader, zone) : [],
                .. IptablesRules.Read(reader),
            ],
            Warnings = reader.Warnings,
        };
    }

    /// <summary>ufw's unit is enabled on installation and does nothing until <c>ufw enable</c> turns its own switch.</summary>
    private static FirewallTool ReadUfw(FactReader reader, ServiceFacts services)
    {
        var enabled = ShellAssignments.Parse(reader.Text(UfwSwitch) ?? "").GetValueOrDefault("ENABLED");
        var policy = ShellAssignments.Parse(reader.Text(UfwDefaults) ?? "").GetValueOrDefault("DEFAULT_INPUT_POLICY");
        return new FirewallTool(
            "ufw",
            reader.Exists("/usr/sbin/ufw"),
            "yes".Equals(enabled?.Value, StringComparison.OrdinalIgnoreCase) && services.IsActivated("ufw"),
            policy is not null,
            policy?.Value.ToLowerInvariant(),
            null,
            enabled is null ? null : UfwSwitch,
            enabled?.Line);
    }

    private static FirewallTool ReadNftables(FactReader reader, ServiceFacts services)
    {
        var file = NftablesFiles.FirstOrDefault(reader.Exists);
        string? policy = null;
        int? line = null;
        var isConfigured = false;
        foreach (var (number, text) in TextLines.Significant(file is null ? "" : reader.Text(file) ?? ""))
        {
            // What the package ships is chains without rules or policies: that filters nothing.
            isConfigured |= NftablesVerdict().IsMatch(text) || text.StartsWith("include ", StringComparison.Ordinal);
            if (NftablesInputChain().Match(text) is { Success: true } chain)
            {
                policy ??= chain.Groups["policy"].Success ? chain.Groups["policy"].Value : "accept";
                line ??= number;
                isConfigured |= chain.Groups["policy"].Value == "drop";
            }
        }

        return new FirewallTool(
            "nftables", reader.Exists("/usr/sbin/nft"), services.IsActivated("nftables"), isConfigured, policy, null, file, line);
    }

    private static FirewallTool ReadFirewalld(FactReader reader, ServiceFacts services)
    {
        var zone = ShellAssignments.Parse(reader.Text(Firewalld) ?? "").GetValueOrDefault("DefaultZone");
        var isInstalled = reader.Exists("/usr/sbin/firewalld");
        var name = zone?.Value ?? (isInstalled ? "public" : null);
        var policy = name switch { null => null, "trusted" => "accept", "drop" => "drop", _ => "reject" };
        return new FirewallTool(
            "firewalld", isInstalled, services.IsActivated("firewalld"), isInstalled, policy, name, zone is null ? null : Firewalld, zone?.Line);
    }

    private static FirewallTool ReadIptables(FactReader reader, ServiceFacts services)
    {
        var file = IptablesFiles.FirstOrDefault(reader.Exists);
        var lines = TextLines.Significant(file is null ? "" : reader.Text(file) ?? "").ToList();
        var input = lines.FirstOrDefault(line => line.Text.StartsWith(":INPUT ", StringComparison.Ordinal));
        return new FirewallTool(
            "iptables",
            reader.Exists("/usr/sbin/iptables"),
            services.IsActivated("netfilter-persistent") || services.IsActivated("iptables"),
            input.Text is not null && (input.Words[1] != "ACCEPT" || lines.Exists(line => line.Text.StartsWith("-A INPUT", StringComparison.Ordinal))),
            input.Text is null ? null : input.Words[1].ToLowerInvariant(),
            null,
            file,
            input.Text is null ? null : input.Number);
    }

    [GeneratedRegex(@"type\s+filter\s+hook\s+input\b[^;]{0,200};(?:\s*policy\s+(?<policy>\w+)\s*;)?")]
    private static partial Regex NftablesInputChain();

    [GeneratedRegex(@"(?<!policy\s)\b(?:drop|reject|accept)\b")]
    private static partial Regex NftablesVerdict();
}
