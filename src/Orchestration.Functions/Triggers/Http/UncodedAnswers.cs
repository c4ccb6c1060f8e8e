using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>
/// Gives requests that reach no function an answer with a code, where the host's own has no body. On Azure the host in front answers them itself.
/// </summary>
public sealed class UncodedAnswers : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.UseStatusCodePages(AnswerAsync);
        next(application);
    };

    private static Task AnswerAsync(StatusCodeContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);

        // The durable HTTP API answers as that of Azure does.
        var answer = request.Path.StartsWithSegments("/runtime") ? null : response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problems.UnknownPath(request.Path),
            StatusCodes.Status405MethodNotAllowed => Problems.WrongMethod(request.Method, response.Headers.Allow.SelectMany(methods => (methods ?? "").Split(", "))),
            _ => null,
        };
        return answer?.ExecuteAsync(context.HttpContext) ?? Task.CompletedTask;
    }
}
