using System.IO.Enumeration;

namespace Orchestration.Inspection.Files;

/// <summary>Guest paths are always absolute, separated by <c>/</c>, whatever the host's own rules are.</summary>
public static class GuestPath
{
    /// <summary>The names along a path; empty names and <c>.</c> are dropped, <c>..</c> is kept for the resolver.</summary>
    public static string[] Split(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".")];

    /// <summary>Joins two parts with one separator; an absolute <paramref name="name"/> replaces <paramref name="directory"/>.</summary>
    public static string Combine(string directory, string name) =>
        name.StartsWith('/') ? name : $"{directory.TrimEnd('/')}/{name}";

    /// <summary>The last component.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The path without its last component.</summary>
    public static string Parent(string path)
    {
        var separator = path.LastIndexOf('/');
        return separator <= 0 ? "/" : path[..separator];
    }

    /// <summary>Collapses <c>.</c>, <c>..</c> and repeated separators by text alone, as configuration files that name mount points need it.</summary>
    public static string Normalize(string path)
    {
        var names = new List<string>();
        foreach (var name in Split(path))
        {
            if (name != "..")
            {
                names.Add(name);
            }
            else if (names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
        }

        return "/" + string.Join('/', names);
    }

    /// <summary>Whether the pattern has a wildcard that <see cref="Matches"/> understands.</summary>
    public static bool IsPattern(string name) => name.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>Matches one name against a pattern of <c>*</c> and <c>?</c>; a leading dot must be written out, as in a shell.</summary>
    public static bool Matches(string pattern, string name) =>
        (!name.StartsWith('.') || pattern.StartsWith('.')) && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
