using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Orchestration.Functions.Pages;

/// <summary>
/// The page for people with a browser: one document that stands alone and uses the HTTP interface only. Its policy lets nothing run but the one script
/// that is in it, and nothing be asked but this service.
/// </summary>
public static class StatusPage
{
    private const string StylePlace = "/*page.css*/";
    private const string ScriptPlace = "/*page.js*/";

    private static readonly string Style = Read("page.css");
    private static readonly string Script = Read("page.js");
    private static readonly byte[] Document = Encoding.UTF8.GetBytes(
        Read("page.html").Replace(StylePlace, Style, StringComparison.Ordinal).Replace(ScriptPlace, Script, StringComparison.Ordinal));

    private static readonly string Policy = string.Join("; ",
        "default-src 'none'", $"script-src '{DigestOf(Script)}'", $"style-src '{DigestOf(Style)}'", "img-src data:", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'");

    private static readonly EntityTagHeaderValue Version = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Document))[..32]}\"");

    /// <summary>The page, or that the one that the browser has is the same.</summary>
    public static IResult Answer(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[HeaderNames.CacheControl] = "no-cache";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Results.Bytes(Document, "text/html; charset=utf-8", entityTag: Version);
    }

    private static string Read(string name)
    {
        var resource = $"{typeof(StatusPage).Namespace}.{name}";
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The resource {resource} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string DigestOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
