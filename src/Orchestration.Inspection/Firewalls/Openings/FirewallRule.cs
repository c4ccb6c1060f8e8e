namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>One rule about new connections that come in, of any tool.</summary>
/// <param name="Accepts">Whether it lets them in; else it turns them away.</param>
/// <param name="Protocol"><c>any</c> for all.</param>
/// <param name="Ports">Null for all; none of them is a list.</param>
/// <param name="Source"><c>any</c> for everybody.</param>
/// <param name="Interface">Null for each.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one; null where it stands in no text.</param>
internal sealed record FirewallRule(bool Accepts, string Protocol, string? Ports, string Source, string? Interface, string File, int? Line)
{
    /// <summary>The only program that it is for; null for each.</summary>
    public string? Program { get; init; }

    /// <summary>A hostile rule set must not make a report of a million lines.</summary>
    private const int MaximumOpenings = 10_000;

    private bool IsForEverybody => Source == FirewallOpening.Any && Interface is null && Program is null;

    /// <summary>What a list of rules lets in, where the first that fits decides.</summary>
    public static IEnumerable<FirewallOpening> Open(string tool, IEnumerable<FirewallRule> rules)
    {
        var closed = new List<FirewallRule>();
        var opened = 0;
        foreach (var rule in rules)
        {
            if (!rule.Accepts && rule.IsForEverybody && closed.Count < MaximumOpenings)
            {
                closed.Add(rule);
            }
            else if (rule.Accepts && !closed.Exists(earlier => earlier.Hides(rule)) && ++opened <= MaximumOpenings)
            {
                yield return new FirewallOpening(tool, rule.Protocol, rule.Ports, rule.Source, rule.Interface, rule.File, rule.Line) { Program = rule.Program };
            }
        }
    }

    private bool Hides(FirewallRule later) =>
        (Protocol == FirewallOpening.Any || Protocol == later.Protocol) && (Ports is null || Ports == later.Ports);
}

/// <summary>How many rules are looked at: chains that jump to each other many times multiply.</summary>
internal sealed class RuleBudget
{
    private int _left = 100_000;

    public bool Take() => --_left >= 0;
}
