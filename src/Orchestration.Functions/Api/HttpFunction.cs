using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Orchestration.Functions.Api;

/// <summary>A function of this app that HTTP requests reach, as its attributes say.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Methods">HTTP methods in upper case.</param>
/// <param name="Route">Without a leading slash; segments in braces are parameters.</param>
/// <param name="NeedsKey">Whether callers need a function key.</param>
/// <param name="Method">Its code.</param>
public sealed record HttpFunction(string Name, IReadOnlyList<string> Methods, string Route, bool NeedsKey, MethodInfo Method)
{
    /// <summary>
    /// The route of the root. A function without a route gets its name as one, and two slashes are none; a parameter that is always empty is.
    /// </summary>
    public const string Root = "{root:maxlength(0)?}";

    private const string VersionPrefix = "api/v1/";

    /// <summary>All of this app, but for those that only lead to others, by route.</summary>
    public static IReadOnlyList<HttpFunction> All { get; } =
    [
        .. typeof(HttpFunction).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(Describe)
            .OfType<HttpFunction>()
            .Where(function => !function.Route.Contains("{*", StringComparison.Ordinal))
            .OrderBy(function => function.Route, StringComparer.Ordinal)
            .ThenBy(function => function.Methods[0], StringComparer.Ordinal),
    ];

    /// <summary>The functions whose routes fit a path, the most special first, with the values of their parameters.</summary>
    /// <param name="path">With or without the leading <c>/api/v1</c>.</param>
    public static IReadOnlyList<(HttpFunction Function, FrozenDictionary<string, string> Values)> Fitting(string path)
    {
        var rest = path.Trim('/');
        rest = rest.StartsWith(VersionPrefix, StringComparison.OrdinalIgnoreCase) ? rest[VersionPrefix.Length..] : rest;
        return
        [
            .. All.Select(function => (Function: function, Values: function.Match(rest)))
                .Where(candidate => candidate.Values is not null)
                .Select(candidate => (candidate.Function, Values: candidate.Values ?? FrozenDictionary<string, string>.Empty))
                .OrderBy(candidate => candidate.Values.Count),
        ];
    }

    /// <summary>The function that a request reaches; null where there is none of its method.</summary>
    public static (HttpFunction Function, FrozenDictionary<string, string> Values)? Find(HttpRequest request)
    {
        foreach (var candidate in Fitting(request.Path))
        {
            if (candidate.Function.Methods.Contains(request.Method.ToUpperInvariant()))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The parameters in the route.</summary>
    public IEnumerable<string> Parameters => Route.Split('/').Where(IsParameter).Select(NameOf);

    /// <summary>The values of the parameters where a path is one of this route's; null where it is not.</summary>
    public FrozenDictionary<string, string>? Match(string path)
    {
        // As hosts do, which take no notice of case but in the values.
        var (expected, found) = (Route.Split('/'), path.Split('/'));
        if (expected.Length != found.Length || !expected.Zip(found).All(pair => IsParameter(pair.First)
            ? pair.Second.Length > 0
            : string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        return expected.Zip(found).Where(pair => IsParameter(pair.First)).ToFrozenDictionary(pair => NameOf(pair.First), pair => pair.Second, StringComparer.Ordinal);
    }

    private static bool IsParameter(string segment) => segment.StartsWith('{') && segment.EndsWith('}');

    private static string NameOf(string segment) => segment[1..^1].Split(':')[0].TrimEnd('?');

    private static HttpFunction? Describe(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null);
        return method.GetCustomAttribute<FunctionAttribute>() is { } function && trigger is not null
            ? new HttpFunction(
                function.Name,
                [.. (trigger.Methods ?? []).Select(name => name.ToUpperInvariant())],
                trigger.Route is Root ? "" : trigger.Route ?? function.Name,
                trigger.AuthLevel != AuthorizationLevel.Anonymous,
                method)
            : null;
    }
}
