using Microsoft.AspNetCore.Http;
using Orchestration.Functions.Access;
using Orchestration.Functions.Intake;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Job documents as the bodies of requests.</summary>
internal static class DocumentBody
{
    /// <summary>
    /// The document of a request, with what its sender may do. With <c>strict=true</c> in the query, members that this version does not know are
    /// refused.
    /// </summary>
    public static async Task<IncomingDocument> ReadDocumentAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Describe(request, await ReadAsync(request, cancellationToken), DocumentFormats.OfMediaType(request.ContentType));

    /// <summary>The same of one that has been read.</summary>
    public static IncomingDocument Describe(HttpRequest request, ReadOnlyMemory<byte> content, DocumentFormat format) => new(content, format)
    {
        RequiredNamespace = Caller.Of(request).Namespace,
        Strict = IsStrict(request),
    };

    /// <summary>Whether members that this version does not know are to be refused.</summary>
    public static bool IsStrict(HttpRequest request) => string.Equals(request.Query["strict"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one byte more than is allowed at most, so that the reader of the document can refuse it for its size.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(request.ContentLength ?? JobDocumentReader.MaximumBytes, JobDocumentReader.MaximumBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, length);
    }
}
