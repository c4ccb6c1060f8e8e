using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>Puts HTTP functions behind their routes.</summary>
internal sealed class HttpEndpoints(FunctionInvoker invoker, AccessKeys keys)
{
    public void Map(IEndpointRouteBuilder endpoints, FunctionIndex index)
    {
        foreach (var (function, trigger) in index.Of<HttpTrigger>())
        {
            RequestDelegate handler = http => HandleAsync(http, function, trigger);
            var endpoint = trigger.Methods.Count == 0
                ? endpoints.Map(trigger.Route, handler)
                : endpoints.MapMethods(trigger.Route.RawText ?? string.Empty, trigger.Methods, handler);
            endpoint.WithDisplayName(function.Name);
        }
    }

    private async Task HandleAsync(HttpContext http, FunctionDescriptor function, HttpTrigger trigger)
    {
        if (!keys.Allows(http.Request, trigger.AuthorizationLevel))
        {
            await HttpProblems.Unauthorized.ExecuteAsync(http);
            return;
        }

        try
        {
            var invocation = new Invocation(http)
            {
                BindingData = new Dictionary<string, object?>(http.Request.RouteValues, StringComparer.OrdinalIgnoreCase),
                Prepare = context =>
                {
                    context.Items[FunctionContextExtensions.HttpContextKey] = http;
                    context.Features.Set<IHttpRequestDataFeature>(new HttpRequestDataFeature(http));
                },
            };
            await WriteAsync(http, await invoker.InvokeAsync(function, invocation, http.RequestAborted));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
#pragma warning disable CA1031 // Whatever a function throws becomes an answer; the invoker has logged it.
        catch (Exception exception) when (!http.Response.HasStarted)
#pragma warning restore CA1031
        {
            http.Response.Clear();
            await HttpProblems.From(exception).ExecuteAsync(http);
        }
    }

    private static Task WriteAsync(HttpContext http, object? result) => result switch
    {
        null => Task.CompletedTask,
        IResult value => value.ExecuteAsync(http),
        IActionResult action => action.ExecuteResultAsync(new() { HttpContext = http, RouteData = http.GetRouteData(), ActionDescriptor = new() }),
        HttpResponseData data => EmbeddedHttpResponseData.WriteAsync(data, http.Response, http.RequestAborted),
        string text => Results.Text(text).ExecuteAsync(http),
        _ => Results.Json(result).ExecuteAsync(http),
    };
}
