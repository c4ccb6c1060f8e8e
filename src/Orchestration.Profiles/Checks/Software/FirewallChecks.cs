using Orchestration.Inspection.Firewalls;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Whether a firewall is loaded at boot, and what it does with packets that nobody asked for.</summary>
internal static class FirewallChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-FW-001", "A firewall is enabled at boot", Severity.High, [Security, Hardening], guest =>
            guest.Firewall.Active.ToList() is { Count: > 0 } active
                ? Judgement.Pass([.. active.Select(tool => Of(tool, "enabled with rules"))])
                : Judgement.Fail(guest.Firewall.Tools.Count == 0
                    ? [new Evidence(null, null, "no firewall tool is installed", "one enabled with rules")]
                    : [.. guest.Firewall.Tools.Select(tool => Of(tool, "enabled with rules"))]))
        {
            References = [Pci("1.2.1")],
            Remediation = "Install one of ufw, nftables or firewalld, write rules, and enable it (ufw enable, or systemctl enable).",
            RestsOn = guest => [guest.Firewall, guest.Services],
        },
        new("GK-FW-002", "No two firewall tools compete", Severity.Medium, [Compliance], guest =>
            Judgement.PassWhen(guest.Firewall.Active.Count() == 1, [.. guest.Firewall.Active.Select(tool => Of(tool, "the only one enabled"))]))
        {
            References = [Cis("4.1.1"), CisRedHat("3.4.1.2"), Pci("1.2.1")],
            Remediation = "Keep one of the tools and disable the others.",
            RestsOn = guest => [guest.Firewall, guest.Services],
            Exempts = guest => guest.Firewall.Active.Any() ? null : "no firewall is enabled",
        },
        new("GK-FW-003", "The firewall drops what no rule allows", Severity.High, [Security, Hardening], guest =>
            guest.Firewall.Active.Where(tool => tool.InputPolicy is not null).ToList() is { Count: > 0 } known
                ? Judgement.PassUnless(
                    [.. known.Where(tool => tool.InputPolicy is "accept" or "allow").Select(tool => Of(tool, "input policy drop or reject"))],
                    [.. known.Select(tool => Of(tool, "input policy drop or reject"))])
                : Judgement.NotAssessable("the enabled firewall's rules do not state a policy for incoming packets"))
        {
            References = [Cis("4.2.7"), Cis("4.3.8"), Cis("4.4.2.1"), CisRedHat("3.4.2.7"), Pci("1.3.1")],
            Remediation = "Set the default policy for incoming packets to drop or reject, after allowing what must come in.",
            RestsOn = guest => [guest.Firewall],
            Exempts = guest => guest.Firewall.Active.Any() ? null : "no firewall is enabled",
        },
        new("GK-FW-004", "The firewall does not let everybody in to everything", Severity.High, [Security, Hardening], guest =>
            Judgement.PassUnless(
                [.. guest.Firewall.ActiveOpenings.Where(opening => opening is { IsFromAnywhere: true, Protocol: FirewallOpening.Any or "tcp" or "udp", Ports: null }).Select(opening => Of(opening, "ports or sources are named"))],
                [.. guest.Firewall.ActiveOpenings.Select(opening => Of(opening, "ports or sources are named"))]))
        {
            References = [Pci("1.3.1"), Pci("1.2.5")],
            Remediation = "Name the ports that are needed, and set the policy for all others to drop or reject.",
            RestsOn = guest => [guest.Firewall, guest.Services],
            Exempts = guest => guest.Firewall.Active.Any() ? null : "no firewall is enabled",
        },
        new("GK-FW-005", "The firewall keeps services of administration and data from everybody", Severity.High, [Security, Hardening], guest =>
            Judgement.PassUnless(
                [
                    .. from opening in guest.Firewall.ActiveOpenings
                       where opening is { IsFromAnywhere: true, Ports: not null }
                       from service in SensitiveServices.Behind(opening)
                       select Of(opening, $"{service} only from addresses that need it"),
                ],
                [.. guest.Firewall.ActiveOpenings.Select(opening => Of(opening, "none of such a service from everywhere"))]))
        {
            References = [Pci("1.3.1"), Pci("1.2.6")],
            Remediation = "Limit the rule to the addresses that need the service, or bind the service to an inner network.",
            RestsOn = guest => [guest.Firewall, guest.Services],
            Exempts = guest => guest.Firewall.Active.Any() ? null : "no firewall is enabled",
        },
    ];

    private static Evidence Of(FirewallOpening opening, string expected) => new(
        opening.File, opening.Line, $"{opening.Tool} lets in {opening.Protocol} {opening.Ports ?? "all ports"} from {opening.Source}{(opening.Interface is { } card ? $" by {card}" : "")}", expected);

    private static Evidence Of(FirewallTool tool, string expected) => new(
        tool.File,
        tool.Line,
        $"{tool.Name}: {(tool.Enabled ? "enabled" : "not enabled")}, {(tool.Configured ? "with rules" : "without rules")}, input policy {tool.InputPolicy ?? "not stated"}",
        expected);
}
