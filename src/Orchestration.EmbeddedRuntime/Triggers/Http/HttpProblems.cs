using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>Answers for requests that did not get as far as a function's own answer: problem documents (RFC 9457).</summary>
internal static class HttpProblems
{
    public static IResult Unauthorized { get; } = Results.Problem(
        statusCode: StatusCodes.Status401Unauthorized,
        title: "A key is required.",
        detail: "Send it in the header x-functions-key or the query parameter code.");

    public static IResult NotLocal { get; } = Results.Problem(
        statusCode: StatusCodes.Status403Forbidden,
        title: "Without keys the host answers this machine only.",
        detail: "Call it as localhost and not from a web page of another origin, or set EmbeddedRuntime:Keys.");

    /// <summary>Tells the caller what the caller did wrong, and of other failures only that there was one.</summary>
    public static IResult From(Exception exception) => exception switch
    {
        FunctionInputConverterException => BadRequest(exception.Message),
        BadHttpRequestException request => Results.Problem(statusCode: request.StatusCode, title: "The request is not valid.", detail: request.Message),
        _ => Results.Problem(statusCode: StatusCodes.Status500InternalServerError, title: "The function failed."),
    };

    public static IResult BadRequest(string detail)
        => Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "The request is not valid.", detail: detail);

    public static IResult NotFound(string detail)
        => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "Not found.", detail: detail);
}
