using System.Runtime.CompilerServices;
using System.Text;
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
        var mark = Encoding.UTF8.GetPreamble();
        var length = await content.ReadAtLeastAsync(buffer, mark.Length, throwOnEndOfStream: false, cancellationToken);
        for (var begin = buffer.AsSpan(0, length).StartsWith(mark) ? mark.Length : 0; length > 0; begin = 0, length = await content.ReadAsync(buffer, cancellationToken))
        {
            for (var position = begin; position < length; position++)
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
