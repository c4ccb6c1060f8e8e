using System.Net;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The answer of a function to an <see cref="HttpRequestData"/>; sent when the function returns it.</summary>
#pragma warning disable CA1012 // Its constructor is public there.
public abstract class HttpResponseData
#pragma warning restore CA1012
{
    public HttpResponseData(FunctionContext functionContext) => FunctionContext = functionContext;

    public abstract HttpStatusCode StatusCode { get; set; }

    public abstract HttpHeadersCollection Headers { get; set; }

    /// <summary>Where the body is written; kept in memory until the function returns.</summary>
    public abstract Stream Body { get; set; }

    public abstract HttpCookies Cookies { get; }

    public FunctionContext FunctionContext { get; }

    public static HttpResponseData CreateResponse(HttpRequestData request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.CreateResponse();
    }
}
