using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>An HTTP request that an orchestrator makes.</summary>
/// <param name="method">The method.</param>
/// <param name="uri">The absolute address.</param>
public class DurableHttpRequest(HttpMethod method, Uri uri)
{
    [JsonPropertyName("method")]
    [JsonConverter(typeof(HttpMethodConverter))]
    public HttpMethod Method { get; } = method;

    [JsonPropertyName("uri")]
    public Uri Uri { get; } = uri;

    [JsonPropertyName("headers")]
    [JsonConverter(typeof(HttpHeadersConverter))]
    public IDictionary<string, StringValues>? Headers { get; set; }

    [JsonPropertyName("content")]
    public string? Content { get; set; }

    /// <summary>Whether an answer 202 with a <c>Location</c> is followed, durably, until another status comes.</summary>
    [JsonPropertyName("asynchronousPatternEnabled")]
    public bool AsynchronousPatternEnabled { get; set; }

    /// <summary>When a failed request is made again; null: never.</summary>
    [JsonPropertyName("retryOptions")]
    public HttpRetryOptions? HttpRetryOptions { get; set; }

    /// <summary>How long one request may take; null: as long as the HTTP client lets it.</summary>
    [JsonPropertyName("timeout")]
    public TimeSpan? Timeout { get; set; }
}
