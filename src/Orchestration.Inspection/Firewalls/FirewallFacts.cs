namespace Orchestration.Inspection.Firewalls;

/// <summary>The firewall tools of the guest. Which rules a kernel has loaded is never known from a disk.</summary>
public sealed record FirewallFacts : FactSet
{
    /// <summary>Tools that are installed or configured.</summary>
    public IReadOnlyList<FirewallTool> Tools { get; init; } = [];

    /// <summary>Tools that load rules at boot.</summary>
    public IEnumerable<FirewallTool> Active => Tools.Where(tool => tool.Enabled && tool.Configured);
}

/// <param name="Name"><c>ufw</c>, <c>nftables</c>, <c>firewalld</c> or <c>iptables</c>.</param>
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
