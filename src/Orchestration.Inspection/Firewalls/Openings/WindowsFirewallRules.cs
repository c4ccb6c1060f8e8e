using System.Globalization;
using Orchestration.Inspection.Windows;
using Orchestration.Inspection.Windows.Registry;

namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>
/// What Windows Firewall lets in, from the rules that the registry keeps as text ([MS-GPFAS] section 2.2.2.19) and the switches of each kind of network
/// (section 2.2.3). A rule that blocks wins over every rule that allows, wherever it stands.
/// </summary>
internal static class WindowsFirewallRules
{
    public const string Tool = "windows-firewall";

    private const string Local = @"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";

    private const string Policy = @"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall";

    private const string Service = @"HKLM\SYSTEM\CurrentControlSet\Services\mpssvc";

    private const int MaximumRules = 20_000;

    private const int Disabled = 4;

    private static readonly (string Name, string Key)[] Networks = [("domain", "DomainProfile"), ("private", "StandardProfile"), ("public", "PublicProfile")];

    /// <summary>The firewall itself: enabled where its service starts and one kind of network at least has it on.</summary>
    public static FirewallTool Describe(WindowsRegistry registry)
    {
        var isStarted = registry.Key(Service)?.Number("Start") != Disabled;
        var settings = Networks.Select(network => Read(registry, network.Key)).ToList();
        return new FirewallTool(
            Tool,
            Installed: true,
            isStarted && settings.Exists(setting => setting.IsOn),
            Configured: true,
            settings.Exists(setting => setting is { IsOn: true, AllowsByDefault: true }) ? "accept" : "drop",
            null,
            Local,
            null);
    }

    public static IEnumerable<FirewallOpening> Read(WindowsRegistry registry)
    {
        var rules = ReadRules(registry, $@"{Policy}\FirewallRules", isLocal: false).Concat(ReadRules(registry, $@"{Local}\FirewallRules", isLocal: true)).Take(MaximumRules).ToList();
        var isStarted = registry.Key(Service)?.Number("Start") != Disabled;
        return from network in Networks
               let setting = Read(registry, network.Key)
               from opening in isStarted && setting.IsOn ? Open(network.Name, setting, rules) : [LetsInAll($@"{Local}\{network.Key}\EnableFirewall")]
               group network.Name by opening into same
               select same.Key with { Networks = [.. same.Distinct()] };
    }

    private static IEnumerable<FirewallOpening> Open(string network, NetworkSetting setting, List<TextRule> rules)
    {
        var valid = rules.Where(rule => (rule.Networks.Count == 0 || rule.Networks.Contains(network)) && (setting.UsesLocalRules || !rule.IsLocal)).ToList();
        var blocks = valid.Where(rule => !rule.Rule.Accepts).Select(rule => rule.Rule);
        return setting switch
        {
            { IgnoresExceptions: true } => [],
            { AllowsByDefault: true } => [LetsInAll(setting.DefaultPlace)],
            _ => FirewallRule.Open(Tool, blocks.Concat(valid.Where(rule => rule.Rule.Accepts).Select(rule => rule.Rule))),
        };
    }

    private static FirewallOpening LetsInAll(string place) => new(Tool, FirewallOpening.Any, null, FirewallOpening.Any, null, place, null);

    /// <summary>What group policy says wins over what was set by hand.</summary>
    private static NetworkSetting Read(WindowsRegistry registry, string key)
    {
        var (policy, local) = (registry.Key($@"{Policy}\{key}"), registry.Key($@"{Local}\{key}"));
        long? Number(string name) => policy?.Number(name) ?? local?.Number(name);
        return new NetworkSetting(
            Number("EnableFirewall") != 0,
            Number("DefaultInboundAction") == 0,
            Number("DoNotAllowExceptions") == 1,
            policy?.Number("AllowLocalPolicyMerge") != 0,
            $@"{(policy?.Number("DefaultInboundAction") is null ? Local : Policy)}\{key}\DefaultInboundAction");
    }

    private static IEnumerable<TextRule> ReadRules(WindowsRegistry registry, string key, bool isLocal) =>
        from value in registry.Key(key)?.ReadValues() ?? []
        from rule in Parse(value, $@"{key}\{value.Name}", isLocal)
        select rule;

    /// <summary>One rule for each protocol, port and source that the text names; none where it is not about what comes in, or turned off.</summary>
    private static IEnumerable<TextRule> Parse(RegistryValue value, string place, bool isLocal)
    {
        var fields = (value.Text ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).Where(field => field.Length == 2)
            .ToLookup(field => field[0].ToUpperInvariant(), field => field[1], StringComparer.Ordinal);
        string? First(string name) => fields[name].FirstOrDefault();
        if (!Is(First("DIR"), "In") || !Is(First("ACTIVE"), "TRUE") || First("ACTION") is not { } action)
        {
            return [];
        }

        IReadOnlyList<string> sources = [.. fields["RA4"].Concat(fields["RA6"]).Concat(fields["RA42"]).Concat(fields["RA62"]).Distinct(StringComparer.OrdinalIgnoreCase)];
        IReadOnlyList<string> ports = [.. fields["LPORT"].Concat(fields["LPORT2_10"]).Distinct(StringComparer.OrdinalIgnoreCase)];
        return from port in ports.Count == 0 ? [null] : ports.Cast<string?>()
               from source in sources.Count == 0 ? [FirewallOpening.Any] : sources
               select new TextRule(
                   new FirewallRule(!Is(action, "Block"), Protocol(First("PROTOCOL")), port, source, First("IF") ?? First("IFTYPE"), place, null) { Program = Program(First("APP"), First("SVC")) },
                   [.. fields["PROFILE"].Select(profile => profile.ToLowerInvariant())],
                   isLocal);
    }

    private static bool Is(string? found, string expected) => expected.Equals(found, StringComparison.OrdinalIgnoreCase);

    private static string? Program(string? program, string? service) => (program, service) switch
    {
        (null, null) => null,
        ({ } path, null) => path,
        (var path, { } name) => $"{path} ({name})".TrimStart(),
    };

    private static string Protocol(string? number) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value switch { 1 => "icmp", 6 => "tcp", 17 => "udp", 58 => "icmpv6", 256 => FirewallOpening.Any, _ => value.ToString(CultureInfo.InvariantCulture) }
        : FirewallOpening.Any;

    /// <param name="IsOn">Without it everything comes in.</param>
    /// <param name="AllowsByDefault">What no rule names comes in.</param>
    /// <param name="IgnoresExceptions">Nothing comes in, whatever rules allow.</param>
    /// <param name="UsesLocalRules">Rules that were not made by group policy count.</param>
    /// <param name="DefaultPlace">The value that says what happens to what no rule names.</param>
    private sealed record NetworkSetting(bool IsOn, bool AllowsByDefault, bool IgnoresExceptions, bool UsesLocalRules, string DefaultPlace);

    /// <param name="Rule">What it is about.</param>
    /// <param name="Networks">Kinds of network that it holds for; empty for all.</param>
    /// <param name="IsLocal">Group policy did not make it.</param>
    private sealed record TextRule(FirewallRule Rule, IReadOnlyList<string> Networks, bool IsLocal);
}
