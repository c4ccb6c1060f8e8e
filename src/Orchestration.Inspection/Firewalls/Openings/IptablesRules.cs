using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>
/// What <c>iptables-save</c> wrote and is loaded at boot, iptables-restore(8): of the table <c>filter</c> the chain <c>INPUT</c> and the chains that it jumps to.
/// </summary>
internal static class IptablesRules
{
    private const int MaximumDepth = 8;

    private static readonly string[] Everywhere = ["0.0.0.0/0", "::/0", "0/0"];

    public static IReadOnlyList<string> Paths { get; } = ["/etc/iptables/rules.v4", "/etc/sysconfig/iptables", "/etc/iptables/rules.v6", "/etc/sysconfig/ip6tables"];

    public static IEnumerable<FirewallOpening> Read(FactReader reader) =>
        Paths.SelectMany(path => reader.Text(path) is { } text ? FirewallRule.Open("iptables", ReadRules(path, text)) : []);

    private static IEnumerable<FirewallRule> ReadRules(string path, string text)
    {
        var table = "filter";
        var chains = new Dictionary<string, List<TextLine>>(StringComparer.Ordinal);
        TextLine? policy = null;
        foreach (var line in TextLines.Significant(text))
        {
            if (line.Text[0] == '*')
            {
                table = line.Text[1..];
            }
            else if (table == "filter" && line.Text.StartsWith(":INPUT ", StringComparison.Ordinal))
            {
                policy = line;
            }
            else if (table == "filter" && line.Words is ["-A" or "--append", var chain, ..])
            {
                (chains.TryGetValue(chain, out var lines) ? lines : chains[chain] = []).Add(line);
            }
        }

        var everything = new FirewallRule(true, FirewallOpening.Any, null, FirewallOpening.Any, null, path, policy?.Number ?? 1);
        var rules = Walk("INPUT", everything, depth: 0, chains, new RuleBudget());
        return policy is null ? rules : rules.Append(everything with { Accepts = policy.Value.Words[1] == "ACCEPT" });
    }

    private static IEnumerable<FirewallRule> Walk(string chain, FirewallRule conditions, int depth, Dictionary<string, List<TextLine>> chains, RuleBudget budget)
    {
        if (depth > MaximumDepth || !chains.TryGetValue(chain, out var lines))
        {
            yield break;
        }

        foreach (var line in lines)
        {
            if (!budget.Take())
            {
                yield break;
            }

            if (Parse(line, conditions) is not { } parsed)
            {
                continue;
            }

            foreach (var ports in parsed.Ports)
            {
                var rule = parsed.Rule with { Ports = ports ?? conditions.Ports };
                if (parsed.Target is "ACCEPT" or "DROP" or "REJECT")
                {
                    yield return rule with { Accepts = parsed.Target == "ACCEPT" };
                    continue;
                }

                foreach (var inner in Walk(parsed.Target, rule, depth + 1, chains, budget))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <returns>Null for a rule that is about no new connection from outside.</returns>
    private static (FirewallRule Rule, string Target, IReadOnlyList<string?> Ports)? Parse(TextLine line, FirewallRule conditions)
    {
        var words = line.Words;
        var rule = conditions with { Line = line.Number };
        var target = "";
        IReadOnlyList<string?> ports = [null];
        var isLimited = false;
        for (var index = 2; index < words.Length; index++)
        {
            var not = words[index] == "!" ? "! " : "";
            index += not.Length > 0 ? 1 : 0;
            var value = index + 1 < words.Length ? words[index + 1] : "";
            switch (index < words.Length ? words[index] : "")
            {
                case "-j" or "--jump" or "-g" or "--goto":
                    target = value;
                    break;
                case "-p" or "--protocol" or "--proto":
                    rule = rule with { Protocol = value == "all" ? FirewallOpening.Any : not + value };
                    break;
                case "-s" or "--source" or "--src":
                    rule = rule with { Source = Everywhere.Contains(value) ? rule.Source : not + value };
                    break;
                case "--match-set" or "--src-range":
                    rule = rule with { Source = not + value };
                    break;
                case "-i" or "--in-interface" when value == "lo":
                    return null;
                case "-i" or "--in-interface":
                    rule = rule with { Interface = not + value };
                    break;
                case "--dport" or "--destination-port" or "--dports" or "--destination-ports" or "--ports":
                    ports = [.. value.Split(',').Select(port => not + port.Replace(':', '-'))];
                    break;
                case "--state" or "--ctstate" when not.Length == 0 && !value.Split(',').Contains("NEW"):
                    return null;
                case "--icmp-type" or "--icmpv6-type" or "--tcp-flags" or "--syn" or "--limit" or "--hitcount" or "--sport" or "--source-port" or "-d" or "--destination" or "--mac-source":
                    isLimited = true;
                    break;
            }
        }

        // What turns away only a part of what its other conditions say closes nothing.
        return isLimited && target is "DROP" or "REJECT" ? null : (rule, target, ports);
    }
}
