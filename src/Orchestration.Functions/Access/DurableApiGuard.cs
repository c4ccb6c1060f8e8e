using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Orchestration.Functions.Triggers.Http;

namespace Orchestration.Functions.Access;

/// <summary>
/// Stands before the host's own paths, the durable HTTP API above all, which asks for the host's key at most and opens the instances of all: where
/// keys of this app are configured, it wants one that submits in every namespace too. On Azure the host serves these paths itself, with its system key,
/// and nothing of them comes by here.
/// </summary>
public sealed class DurableApiGuard(CallerDirectory callers, AuditLog audit, TimeProvider time) : IStartupFilter
{
    private const string Action = "DurableApi";

    private static readonly PathString HostPaths = "/runtime";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use((http, rest) => callers.AsksForKeys && http.Request.Path.StartsWithSegments(HostPaths) ? GuardAsync(http, rest) : rest(http));
        next(application);
    };

    private async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        var caller = callers.Find(http.Request);
        var refusal = caller switch
        {
            null => Problems.Unauthorized(),
            { Role: AccessRole.Submit, Namespace: null } => null,
            _ => Problems.Forbidden("The durable HTTP API reaches all jobs: expected a key that submits, of no namespace."),
        };
        if (refusal is not null)
        {
            await WriteAsync((refusal as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status403Forbidden);
            await refusal.ExecuteAsync(http);
            return;
        }

        await next(http);
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            await WriteAsync(http.Response.StatusCode);
        }

        Task WriteAsync(int answer) =>
            audit.WriteAsync(AuditEntry.Of(http, time.GetUtcNow(), caller, Action, InstanceIn(http.Request.Path), answer), isRefused: refusal is not null);
    }

    /// <summary>The instance that a path names, <c>…/instances/{id}/…</c>.</summary>
    private static string? InstanceIn(string path) =>
        path.Split('/').SkipWhile(segment => !segment.Equals("instances", StringComparison.OrdinalIgnoreCase)).Skip(1).FirstOrDefault(segment => segment.Length > 0);
}
