using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Primitives;
using HttpCookie = Microsoft.Azure.Functions.Worker.Http.HttpCookie;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>A response that is kept in memory until the function has returned it.</summary>
internal sealed class EmbeddedHttpResponseData(FunctionContext context) : HttpResponseData(context)
{
    private readonly CookieJar _cookies = new();

    public override HttpStatusCode StatusCode { get; set; } = HttpStatusCode.OK;

    public override HttpHeadersCollection Headers { get; set; } = [];

    public override Stream Body { get; set; } = new MemoryStream();

    public override HttpCookies Cookies => _cookies;

    /// <summary>Sends a response of any implementation.</summary>
    public static async Task WriteAsync(HttpResponseData data, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)data.StatusCode;
        foreach (var (name, values) in data.Headers)
        {
            response.Headers[name] = new StringValues([.. values]);
        }

        foreach (var cookie in data.Cookies is CookieJar jar ? jar.Cookies : [])
        {
            response.Cookies.Append(cookie.Name, cookie.Value, Options(cookie));
        }

        if (data.Body.CanSeek)
        {
            data.Body.Position = 0;
        }

        await data.Body.CopyToAsync(response.Body, cancellationToken);
    }

    private static CookieOptions Options(IHttpCookie cookie) => new()
    {
        Domain = cookie.Domain,
        Expires = cookie.Expires,
        HttpOnly = cookie.HttpOnly ?? false,
        MaxAge = cookie.MaxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Path = cookie.Path,
        Secure = cookie.Secure ?? false,
        SameSite = cookie.SameSite switch
        {
            SameSite.Lax => SameSiteMode.Lax,
            SameSite.Strict => SameSiteMode.Strict,
            SameSite.ExplicitNone => SameSiteMode.None,
            _ => SameSiteMode.Unspecified,
        },
    };

    private sealed class CookieJar : HttpCookies
    {
        public List<IHttpCookie> Cookies { get; } = [];

        public override void Append(string name, string value) => Cookies.Add(new HttpCookie(name, value));

        public override void Append(IHttpCookie cookie) => Cookies.Add(cookie);

        public override IHttpCookie CreateNew() => new HttpCookie(string.Empty, string.Empty);
    }
}
