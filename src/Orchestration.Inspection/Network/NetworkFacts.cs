namespace Orchestration.Inspection.Network;

/// <summary>How the guest would configure its network. Addresses given by DHCP are not on the disk.</summary>
public sealed record NetworkFacts : FactSet
{
    public string? Hostname { get; init; }

    /// <summary>Interfaces by the file that configures them; one may be configured by several managers.</summary>
    public IReadOnlyList<NetworkInterface> Interfaces { get; init; } = [];

    /// <summary>Name servers of resolv.conf and resolved.conf; those of single interfaces stand with them.</summary>
    public IReadOnlyList<string> DnsServers { get; init; } = [];

    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Entries of hosts(5).</summary>
    public IReadOnlyList<HostEntry> Hosts { get; init; } = [];
}

/// <param name="Name">Kernel name, or the pattern or key that the manager matches with.</param>
/// <param name="Manager"><c>ifupdown</c>, <c>netplan</c>, <c>NetworkManager</c>, <c>networkd</c> or <c>ifcfg</c>.</param>
/// <param name="Kind"><c>ethernet</c>, <c>wifi</c>, <c>bond</c>, <c>bridge</c>, <c>vlan</c>, <c>loopback</c>, …; null where not said.</param>
/// <param name="Method"><c>dhcp</c>, <c>static</c>, <c>manual</c>, <c>loopback</c>, <c>disabled</c>, or both as <c>dhcp+static</c>.</param>
/// <param name="Addresses">Static addresses, with prefix length where given.</param>
/// <param name="Gateways">Default routes.</param>
/// <param name="DnsServers">Name servers of this interface.</param>
/// <param name="HardwareAddress">Address to set or to match; null where none is given.</param>
/// <param name="File">Where it is configured.</param>
/// <param name="Line">Counted from one; null where the format has no lines of its own.</param>
public sealed record NetworkInterface(
    string Name,
    string Manager,
    string? Kind,
    string Method,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Gateways,
    IReadOnlyList<string> DnsServers,
    string? HardwareAddress,
    string File,
    int? Line);

public sealed record HostEntry(string Address, IReadOnlyList<string> Names, int Line);
