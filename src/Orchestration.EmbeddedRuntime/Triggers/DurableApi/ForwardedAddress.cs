using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>The address at which a caller reached the host, proxies in between considered.</summary>
internal static class ForwardedAddress
{
    public static Uri Of(HttpRequestData request) => Resolve(
        request.Url,
        name => request.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null);

    public static Uri Of(HttpRequest request) => Resolve(
        new($"{request.Scheme}://{request.Host.ToUriComponent()}/"),
        name => request.Headers[name].FirstOrDefault());

    private static Uri Resolve(Uri seen, Func<string, string?> header)
    {
        var forwarded = Parameters(header("Forwarded"));
        var scheme = forwarded.GetValueOrDefault("proto") ?? First(header("X-Forwarded-Proto"));
        var host = forwarded.GetValueOrDefault("host") ?? First(header("X-Forwarded-Host"));
        if (scheme is not ("http" or "https"))
        {
            scheme = seen.Scheme;
        }

        // Headers are the caller's word: what makes no address is ignored.
        return Uri.TryCreate($"{scheme}://{host ?? seen.Authority}/", UriKind.Absolute, out var address)
            && address.AbsolutePath == "/" && address.UserInfo.Length == 0 ? address : new(seen, "/");
    }

    /// <summary>The pairs of the first, outermost element of a Forwarded header (RFC 7239).</summary>
    private static Dictionary<string, string> Parameters(string? forwarded)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in First(forwarded)?.Split(';', StringSplitOptions.TrimEntries) ?? [])
        {
            if (pair.Split('=', 2) is [var name, var value])
            {
                parameters.TryAdd(name, value.Trim('"'));
            }
        }

        return parameters;
    }

    private static string? First(string? list) => list?.Split(',', 2)[0].Trim();
}
