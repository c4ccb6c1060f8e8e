using System.Runtime.CompilerServices;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>
/// Takes a batch of documents apart as it comes in, holding one at a time: a JSON array, or JSON lines (NDJSON). It looks for nothing but the
/// ends of the documents; whether each is in order is for its reader to say.
/// </summary>
public static class BatchReader
{
    private const int BufferSize = 64 * 1024;

    /// <summary>The documents in their order. One that is too large comes as one byte more than is allowed, so that it is refused for its size.</summary>
    /// <param name="content">The batch.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var splitter = new BatchSplitter(JobDocumentReader.MaximumBytes + 1);
        int length;
        while ((length = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            for (var position = 0; position < length; position++)
            {
                if (splitter.Take(buffer[position]) is { } document)
                {
                    yield return document;
                }
            }
        }

        if (splitter.End() is { } last)
        {
            yield return last;
        }
    }
}
