namespace Orchestration.Inspection.Firewalls;

/// <summary>The firewall tools of the guest. Which rules a kernel has loaded is never known from a disk.</summary>
public sealed record FirewallFacts : FactSet
{
    /// <summary>Tools that are installed or configured.</summary>
    public IReadOnlyList<FirewallTool> Tools { get; init; } = [];

    /// <summary>What their rules let in, in the order of tools and rules; of a tool that is not active, what they would.</summary>
    public IReadOnlyList<FirewallOpening> Openings { get; init; } = [];

    /// <summary>What is let in once the guest has booted.</summary>
    public IEnumerable<FirewallOpening> ActiveOpenings => Openings.Where(opening => Active.Any(tool => tool.Name == opening.Tool));

    /// <summary>Tools that load rules at boot.</summary>
    public IEnumerable<FirewallTool> Active => Tools.Where(tool => tool.Enabled && tool.Configured);
}

/// <param name="Name"><c>ufw</c>, <c>nftables</c>, <c>firewalld</c>, <c>iptables</c> or <c>windows-firewall</c>.</param>
/// <param name="Installed">Its program is there.</param>
/// <param name="Enabled">It is started at boot, and where the tool has a switch of its own, that is on too.</param>
/// <param name="Configured">It has rules, or a policy of its own.</param>
/// <param name="InputPolicy">What happens to incoming packets that no rule names: <c>drop</c>, <c>reject</c>, <c>accept</c>; null where not said.</param>
/// <param name="DefaultZone">firewalld's default zone.</param>
/// <param name="File">The file that decides; null where there is none.</param>
/// <param name="Line">Counted from one.</param>
public sealed record FirewallTool(
    string Name,
    bool Installed,
    bool Enabled,
    bool Configured,
    string? InputPolicy,
    string? DefaultZone,
    string? File,
    int? Line);

/// <summary>New connections that a firewall lets in. What belongs to connections that the guest made, and what comes from itself, is not listed.</summary>
/// <param name="Tool">As <see cref="FirewallTool.Name"/>.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>, …; <c>any</c> for all.</param>
/// <param name="Ports">A port, a range as <c>8000-8010</c>, or a service's name that is no port; null for all.</param>
/// <param name="Source">An address, a network, or a set of them as the tool writes it; <c>any</c> for everybody.</param>
/// <param name="Interface">The network card by which it must come in; null for each.</param>
/// <param name="File">The file that says so; on Windows the value of the registry.</param>
/// <param name="Line">Counted from one; null for the registry.</param>
public sealed record FirewallOpening(string Tool, string Protocol, string? Ports, string Source, string? Interface, string File, int? Line)
{
    public const string Any = "any";

    /// <summary>The kinds of network in which Windows uses it: <c>domain</c>, <c>private</c>, <c>public</c>; empty for other systems.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The only program, or service of one, that it is for, as Windows writes it; null for each.</summary>
    public string? Program { get; init; }

    /// <summary>Whether everybody who reaches the guest may come in by it.</summary>
    public bool IsFromAnywhere => Source == Any && Interface is null;

    /// <summary>Whether it lets in connections to a port of a protocol.</summary>
    public bool Covers(string protocol, int port) => (Protocol == Any || Protocol == protocol) && Ports switch
    {
        null => true,
        { } ports when ports.Split('-') is [var first, var last] && int.TryParse(first, out var from) && int.TryParse(last, out var to) => port >= from && port <= to,
        { } ports => int.TryParse(ports, out var only) && only == port,
    };
}
