namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>What the chains on the hook <c>input</c> let in, and the chains that they jump to (nft(8)).</summary>
internal static class NftablesRules
{
    private const int MaximumDepth = 8;

    public static IReadOnlyList<string> Paths { get; } = ["/etc/nftables.d/*", "/etc/nftables/*", "/etc/sysconfig/nftables.conf"];

    public static IEnumerable<FirewallOpening> Read(FactReader reader, IEnumerable<string> files)
    {
        if (files.FirstOrDefault(reader.Exists) is not { } file)
        {
            return [];
        }

        var script = new NftablesScript(reader, file);
        return script.Chains.Where(chain => chain.Value.Exists(IsInputHook))
            .SelectMany(chain => FirewallRule.Open("nftables", Read(script, chain.Key, chain.Value)));
    }

    private static bool IsInputHook(NftablesStatement statement) => statement.Words is ["type", "filter", "hook", "input", ..];

    private static IEnumerable<FirewallRule> Read(NftablesScript script, string chain, List<NftablesStatement> statements)
    {
        var hook = statements.First(IsInputHook);
        var everything = new FirewallRule(true, FirewallOpening.Any, null, FirewallOpening.Any, null, hook.File, hook.Line);
        var policy = statements.FirstOrDefault(statement => statement.Words is ["policy", _, ..]);
        return Walk(script, chain, everything, depth: 0, new RuleBudget())
            .Append(everything with { Accepts = policy is null || policy.Words[1] == "accept", File = (policy ?? hook).File, Line = (policy ?? hook).Line });
    }

    private static IEnumerable<FirewallRule> Walk(NftablesScript script, string chain, FirewallRule conditions, int depth, RuleBudget budget)
    {
        if (depth > MaximumDepth || !script.Chains.TryGetValue(chain, out var statements))
        {
            yield break;
        }

        var table = chain[..(chain.LastIndexOf(' ') + 1)];
        foreach (var statement in statements)
        {
            if (!budget.Take())
            {
                yield break;
            }

            if (Parse(statement, conditions, table, script) is not { } parsed)
            {
                continue;
            }

            foreach (var rule in parsed.Rules)
            {
                if (parsed.Target is null)
                {
                    yield return rule;
                    continue;
                }

                foreach (var inner in Walk(script, table + parsed.Target, rule, depth + 1, budget))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <returns>Null for a statement that is about no new connection from outside.</returns>
    private static (IReadOnlyList<FirewallRule> Rules, string? Target)? Parse(NftablesStatement statement, FirewallRule conditions, string table, NftablesScript script)
    {
        var words = statement.Words;
        if (words[0] is "type" or "policy" or "comment")
        {
            return null;
        }

        var rule = conditions with { File = statement.File, Line = statement.Line };
        IReadOnlyList<string?> ports = [conditions.Ports];
        IReadOnlyList<string> protocols = [conditions.Protocol];
        var isLimited = false;
        for (var index = 0; index < words.Count; index++)
        {
            var (not, value) = index + 3 < words.Count && words[index + 2] == "!=" ? ("! ", words[index + 3]) : ("", index + 2 < words.Count ? words[index + 2] : "");
            var resolved = value.StartsWith('@') && script.Sets.TryGetValue(table + value[1..], out var elements) ? elements : value;
            switch (words[index], index + 1 < words.Count ? words[index + 1] : "")
            {
                case ("accept" or "drop" or "reject", _):
                    return isLimited && words[index] != "accept" ? null
                        : ([.. from protocol in protocols from port in ports select rule with { Accepts = words[index] == "accept", Protocol = protocol, Ports = port }], null);
                case ("jump" or "goto", var target):
                    return ([.. from protocol in protocols from port in ports select rule with { Protocol = protocol, Ports = port }], target);
                case ("tcp" or "udp" or "sctp" or "dccp" or "udplite" or "th", "dport"):
                    protocols = words[index] == "th" ? protocols : [words[index]];
                    ports = [.. resolved.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(port => not + port)];
                    index += not.Length > 0 ? 3 : 2;
                    break;
                case ("tcp" or "udp" or "icmp" or "icmpv6", _):
                    protocols = [words[index]];
                    isLimited = true;
                    break;
                case ("meta", "l4proto") or ("ip", "protocol") or ("ip6", "nexthdr"):
                    protocols = not.Length > 0 ? protocols : [.. resolved.Split(',', StringSplitOptions.RemoveEmptyEntries)];
                    index += not.Length > 0 ? 3 : 2;
                    break;
                case ("ip" or "ip6", "saddr"):
                    rule = rule with { Source = not + resolved };
                    index += not.Length > 0 ? 3 : 2;
                    break;
                case ("ip" or "ip6", "daddr") or ("pkttype", _) or ("limit", _) or ("fib", _) or ("ether", _):
                    isLimited = true;
                    break;
                case ("iif" or "iifname" or "meta", var card):
                    var isMeta = words[index] == "meta";
                    if (isMeta && card is not ("iif" or "iifname"))
                    {
                        isLimited = true;
                        break;
                    }

                    var at = isMeta ? index + 2 : index + 1;
                    var isNot = at < words.Count && words[at] == "!=";
                    var name = at + (isNot ? 1 : 0) < words.Count ? words[at + (isNot ? 1 : 0)] : "";
                    if (name == "lo" && !isNot)
                    {
                        return null;
                    }

                    rule = rule with { Interface = (isNot ? "! " : "") + name };
                    index = at + (isNot ? 1 : 0);
                    break;
                case ("ct", "state") when not.Length == 0 && !resolved.Split(',').Contains("new"):
                    return null;
            }
        }

        return null;
    }
}
