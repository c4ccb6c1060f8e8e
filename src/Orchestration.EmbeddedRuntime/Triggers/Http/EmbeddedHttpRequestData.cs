using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using HttpCookie = Microsoft.Azure.Functions.Worker.Http.HttpCookie;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>The Functions view of an ASP.NET Core request.</summary>
internal sealed class EmbeddedHttpRequestData : HttpRequestData
{
    private readonly HttpRequest _request;

    public EmbeddedHttpRequestData(FunctionContext context, HttpRequest request)
        : base(context)
    {
        _request = request;
        Url = new(request.GetEncodedUrl());
        Headers = new(request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Select(value => value ?? string.Empty))));
        Cookies = [.. request.Cookies.Select(cookie => new HttpCookie(cookie.Key, cookie.Value))];
    }

    public override Stream Body => _request.Body;

    public override HttpHeadersCollection Headers { get; }

    public override IReadOnlyCollection<IHttpCookie> Cookies { get; }

    public override Uri Url { get; }

    public override IEnumerable<ClaimsIdentity> Identities => _request.HttpContext.User.Identities;

    public override string Method => _request.Method;

    public override HttpResponseData CreateResponse() => new EmbeddedHttpResponseData(FunctionContext);
}

/// <summary>Hands a function its <see cref="HttpRequestData"/>, the same one each time.</summary>
internal sealed class HttpRequestDataFeature(HttpContext http) : IHttpRequestDataFeature
{
    private EmbeddedHttpRequestData? _request;

    public ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context)
        => ValueTask.FromResult<HttpRequestData?>(_request ??= new(context, http.Request));
}
