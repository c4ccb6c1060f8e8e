using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Firewalls.Openings;

/// <summary>
/// The rules that <c>ufw allow</c> keeps: in <c>user.rules</c> a comment before each says what it was made from (ufw, <c>src/backend_iptables.py</c>):
/// action, protocol, port, destination, source port, source, two names of applications where there are some, and direction with the interface.
/// </summary>
internal static class UfwRules
{
    private const string Mark = "### tuple ### ";

    private static readonly string[] Everywhere = ["any", "0.0.0.0/0", "::/0"];

    public static IReadOnlyList<string> Paths { get; } = ["/etc/ufw/user.rules", "/etc/ufw/user6.rules"];

    public static IEnumerable<FirewallOpening> Read(FactReader reader) =>
        Paths.SelectMany(path => FirewallRule.Open("ufw", ReadRules(path, reader.Text(path) ?? ""))).Distinct();

    private static IEnumerable<FirewallRule> ReadRules(string path, string text)
    {
        foreach (var line in TextLines.Of(text).Where(line => line.Text.StartsWith(Mark, StringComparison.Ordinal)))
        {
            string[] words = [.. line.Text[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeWhile(word => !word.StartsWith("comment=", StringComparison.Ordinal))];
            if (words is not [var action, var protocol, var ports, _, _, var source, .., var direction] || !(direction == "in" || direction.StartsWith("in_", StringComparison.Ordinal)))
            {
                continue;
            }

            var verb = action.Split('_')[0];
            if (verb is not ("allow" or "limit" or "deny" or "reject"))
            {
                continue;
            }

            foreach (var port in ports.Split(','))
            {
                yield return new FirewallRule(
                    verb is "allow" or "limit",
                    protocol,
                    port == "any" ? null : port.Replace(':', '-'),
                    Everywhere.Contains(source) ? FirewallOpening.Any : source,
                    direction.StartsWith("in_", StringComparison.Ordinal) ? direction["in_".Length..] : null,
                    path,
                    line.Number);
            }
        }
    }
}
