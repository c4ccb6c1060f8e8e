using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Webhooks;

/// <summary>
/// What a receiver is sent, by the conventions of Standard Webhooks: the headers <c>webhook-id</c> (the same at every attempt),
/// <c>webhook-timestamp</c> (seconds since 1970, of this attempt) and <c>webhook-signature</c> (<c>v1,</c> and in base64 the HMAC-SHA256 of
/// id, timestamp and body with dots between them).
/// </summary>
internal static class WebhookMessage
{
    /// <summary>Beyond this, the result goes without its data, which the link in the message leads to.</summary>
    private const int MostBytes = 256 * 1024;

    /// <summary>The body: it is the same at every attempt.</summary>
    public static byte[] Write(JobDocument document, JobResult result)
    {
        var body = Serialize(document, result);
        return body.Length <= MostBytes ? body : Serialize(document, result with { Data = null });
    }

    public static HttpRequestMessage CreateRequest(Uri address, string deliveryId, DateTimeOffset now, byte[] body, byte[] key)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestration", "1"));
        request.Headers.Add("webhook-id", deliveryId);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Sign(deliveryId, timestamp, body, key)}");
        return request;
    }

    private static string Sign(string deliveryId, string timestamp, byte[] body, byte[] key) =>
        Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{deliveryId}.{timestamp}."), .. body]));

    private static byte[] Serialize(JobDocument document, JobResult result) => JsonSerializer.SerializeToUtf8Bytes(
        new Body(
            $"job.{result.Status}",
            result.CompletedAt ?? result.FailedAt ?? result.ExecutionSummary.StartedAt,
            new Subject(document.JobId, document.Operation, document.Metadata?.Name, document.Metadata?.Namespace, document.Metadata?.Labels, JobLinks.For(document.JobId)),
            result),
        ProtocolJson.Options);

    private sealed record Body(string Type, DateTimeOffset Timestamp, Subject Job, JobResult Result);

    private sealed record Subject(
        string JobId, string Operation, string? Name, string? Namespace, IReadOnlyDictionary<string, string>? Labels, JobLinks Links);
}
