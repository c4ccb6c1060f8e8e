using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>
/// Keeps a host without keys to this machine's own callers. Listening on loopback does not do that alone: a web page open in a
/// browser on the machine can send requests there too, under its own origin or under a name that resolves to 127.0.0.1.
/// </summary>
internal static class LoopbackGuard
{
    public static void UseLoopbackGuard(this IApplicationBuilder application) => application.Use(async (http, next) =>
    {
        if (IsLocal(http.Request.Host.Host) && http.Request.Headers.Origin.All(IsLocalOrigin))
        {
            await next(http);
        }
        else
        {
            await HttpProblems.NotLocal.ExecuteAsync(http);
        }
    });

    private static bool IsLocalOrigin(string? origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLocal(uri.Host);

    private static bool IsLocal(string host)
        => host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
