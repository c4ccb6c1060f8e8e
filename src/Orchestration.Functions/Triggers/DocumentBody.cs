using Microsoft.AspNetCore.Http;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers;

/// <summary>Job documents as the bodies of requests.</summary>
internal static class DocumentBody
{
    /// <summary>Reads one byte more than is allowed at most, so that the reader of the document can refuse it for its size.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(request.ContentLength ?? JobDocumentReader.MaximumBytes, JobDocumentReader.MaximumBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, length);
    }
}
