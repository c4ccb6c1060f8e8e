using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Api;
using Orchestration.Functions.Pages;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Gives browsers the page that shows jobs. It needs no key: it says nothing by itself, and asks for one where the interface does.</summary>
public static class PageFunctions
{
    /// <summary><c>GET /ui</c>: the page, whatever the host has at its root.</summary>
    [Function("GetPage")]
    public static IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ui")] HttpRequest request) => Answer(request);

    /// <summary><c>GET /</c>: the same.</summary>
    [Function("GetRoot")]
    public static IResult GetRoot([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = HttpFunction.Root)] HttpRequest request) => Answer(request);

    private static IResult Answer(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StatusPage.Answer(request.HttpContext.Response);
    }
}
