using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>
/// The path of a blob trigger: a container and a pattern whose <c>{tokens}</c> stand for one or more characters each, slashes
/// included. The longest match wins, so that <c>{name}.{extension}</c> splits at the last dot, as in the Functions host. Immutable.
/// </summary>
internal sealed partial class BlobPattern
{
    private readonly Regex _regex;

    private BlobPattern(string path, string container, string prefix, Regex regex)
    {
        Path = path;
        Container = container;
        Prefix = prefix;
        _regex = regex;
        TokenNames = [.. regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];
    }

    /// <summary>The path as it was written.</summary>
    public string Path { get; }

    public string Container { get; }

    /// <summary>What every matching name starts with.</summary>
    public string Prefix { get; }

    public IReadOnlyList<string> TokenNames { get; }

    /// <param name="path"><c>container/pattern</c>, settings expanded; a path without pattern takes every blob.</param>
    /// <param name="location">The function, for the error.</param>
    public static BlobPattern Parse(string path, string location)
    {
        var (container, pattern) = path.Trim('/').Split('/', 2) switch
        {
            [var first, var rest] => (first, rest),
            [var first] => (first, "{name}"),
            _ => throw new InvalidOperationException("Split gives one part or two."),
        };
        if (!ContainerName().IsMatch(container))
        {
            throw Invalid("The container's name must be 3 to 63 lower-case letters, digits and single dashes.");
        }

        var regex = new StringBuilder("^");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var literalStart = 0;
        foreach (Match token in Token().Matches(pattern))
        {
            if (!names.Add(token.Groups[1].Value))
            {
                throw Invalid($"The token '{token.Value}' stands there twice.");
            }

            AppendLiteral(pattern[literalStart..token.Index]);
            regex.Append("(?<").Append(token.Groups[1].ValueSpan).Append(">.+)");
            literalStart = token.Index + token.Length;
        }

        AppendLiteral(pattern[literalStart..]);
        var firstToken = pattern.IndexOf('{', StringComparison.Ordinal);
        return new(
            path,
            container,
            firstToken < 0 ? pattern : pattern[..firstToken],
            new(regex.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant));

        void AppendLiteral(string literal)
        {
            if (literal.AsSpan().ContainsAny('{', '}'))
            {
                throw Invalid("Braces must hold the name of a token: a letter, then letters, digits and '_'.");
            }

            regex.Append(Regex.Escape(literal));
        }

        FunctionHostException Invalid(string rule) => new("blob.invalid-path", location, $"'{path}': {rule}");
    }

    public bool IsMatch(string blobName) => _regex.IsMatch(blobName);

    /// <summary>The values of the tokens; null where the name does not match.</summary>
    public IReadOnlyDictionary<string, string>? Match(string blobName)
    {
        var match = _regex.Match(blobName);
        return match.Success
            ? TokenNames.ToImmutableDictionary(name => name, name => match.Groups[name].Value, StringComparer.OrdinalIgnoreCase)
            : null;
    }

    [GeneratedRegex(@"\{([A-Za-z][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex("^(?=.{3,63}$)([a-z0-9]+(-[a-z0-9]+)*|\\$root|\\$web)$", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerName();
}
