namespace Orchestration.Inspection.Users.Sudo;

/// <summary>Lists of users that have a name in sudoers(5).</summary>
internal sealed class SudoUserAliases
{
    private const int MaximumDepth = 32;

    private const int MaximumUsers = 10_000;

    private readonly Dictionary<string, IReadOnlyList<string>> _aliases = new(StringComparer.Ordinal);

    /// <param name="definitions"><c>NAME = list : OTHER = list</c>.</param>
    public void Add(string definitions)
    {
        foreach (var definition in definitions.Split(':').Select(definition => definition.Split('=', 2)).Where(parts => parts.Length == 2))
        {
            _aliases.TryAdd(definition[0].Trim(), new SudoersText(definition[1]).ReadList());
        }
    }

    /// <summary>Users and groups in place of their aliases; what a negated alias holds is negated.</summary>
    public IReadOnlyList<string> Expand(IReadOnlyList<string> users) => [.. users.SelectMany(user => Expand(user, 0)).Take(MaximumUsers)];

    private IEnumerable<string> Expand(string user, int depth)
    {
        var isNegated = user.StartsWith('!');
        return depth < MaximumDepth && _aliases.TryGetValue(isNegated ? user[1..] : user, out var members)
            ? members.SelectMany(member => Expand(isNegated ? Negate(member) : member, depth + 1))
            : [user];
    }

    private static string Negate(string user) => user.StartsWith('!') ? user[1..] : "!" + user;
}
