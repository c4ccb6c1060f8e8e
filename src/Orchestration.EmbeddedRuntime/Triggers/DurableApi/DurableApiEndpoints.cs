using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Triggers.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>The durable HTTP API of Azure Functions under <c>/runtime/webhooks/durabletask</c>.</summary>
internal static class DurableApiEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, InstanceQueries queries, InstanceCommands commands, EntityRoutes entities, AccessKeys keys)
    {
        var api = endpoints.MapGroup(ManagementAddress.Path);
        api.AddEndpointFilter(async (context, next) =>
        {
            if (!keys.Allows(context.HttpContext.Request, AuthorizationLevel.System))
            {
                return HttpProblems.Unauthorized;
            }

            try
            {
                return await next(context);
            }
            catch (BadHttpRequestException exception)
            {
                return HttpProblems.From(exception);
            }
            catch (StoreException exception)
            {
                return Results.Problem(
                    statusCode: StatusCodes.Status503ServiceUnavailable, title: "The durable store does not work.", detail: exception.Message);
            }
            catch (PayloadTooLargeException exception)
            {
                return Results.Problem(statusCode: StatusCodes.Status413PayloadTooLarge, title: "The payload is too large.", detail: exception.Message);
            }
            catch (NotSupportedException)
            {
                return NotImplemented();
            }
        });

        api.MapPost("orchestrators/{functionName}/{instanceId?}", commands.StartAsync);
        api.MapGet("instances", (Delegate)queries.ListAsync);
        api.MapDelete("instances", (Delegate)commands.PurgeManyAsync);
        api.MapGet("instances/{instanceId}", queries.GetAsync);
        api.MapGet("instances/{instanceId}/diagnosis", queries.Diagnose);
        api.MapGet("instances/{instanceId}/history", queries.History);
        api.MapDelete("instances/{instanceId}", commands.PurgeAsync);
        api.MapPost("instances/{instanceId}/raiseEvent/{eventName}", commands.RaiseEventAsync);
        api.MapPost("instances/{instanceId}/terminate", commands.TerminateAsync);
        api.MapPost("instances/{instanceId}/suspend", commands.SuspendAsync);
        api.MapPost("instances/{instanceId}/resume", commands.ResumeAsync);
        api.MapPost("instances/{instanceId}/restart", commands.RestartAsync);
        api.MapPost("instances/{instanceId}/rewind", commands.RewindAsync);
        api.MapGet("entities", (Delegate)((HttpContext http) => entities.ListAsync(http, null)));
        api.MapGet("entities/{entityName}", entities.ListAsync);
        api.MapGet("entities/{entityName}/{entityKey}", entities.GetAsync);
        api.MapPost("entities/{entityName}/{entityKey}", entities.SignalAsync);
        api.MapDelete("entities/{entityName}/{entityKey}", entities.DeleteAsync);
    }

    private static IResult NotImplemented()
        => Results.Problem(statusCode: StatusCodes.Status501NotImplemented, title: "The embedded runtime does not have this yet.");
}
