using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Orchestration.DiskImages.Sources;

/// <summary>
/// Which parts of a page blob hold data; the rest reads as zeros and need not be fetched (Get Page Ranges). They are asked for in the
/// background and used once they are known: nobody waits for them, and where they cannot be had everything is fetched. Thread-safe.
/// </summary>
internal sealed class PageRanges(PageBlobClient blob, ETag version, CancellationToken cancellationToken)
{
    // A disk in more pieces than this has hardly a hole that is worth knowing.
    private const int MostRanges = 200_000;

    private int _asked;
    private long _requests;
    private volatile ByteRange[]? _data;

    public bool AreKnown => _data is not null;

    /// <summary>Requests that the list took, once it is there.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Asks for the list when called for the first time.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            _ = LearnAsync();
        }
    }

    /// <summary>The parts of a range that may hold data, in order; all of it while that is not known.</summary>
    public IEnumerable<ByteRange> FindData(ByteRange range)
    {
        if (_data is not { } data)
        {
            yield return range;
            yield break;
        }

        for (var index = FindFirst(data, range.Offset); index < data.Length && data[index].Offset < range.End; index++)
        {
            var start = Math.Max(range.Offset, data[index].Offset);
            yield return new ByteRange(start, Math.Min(range.End, data[index].End) - start);
        }
    }

    // The first range that ends after the offset.
    private static int FindFirst(ByteRange[] data, long offset)
    {
        var (low, high) = (0, data.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = data[middle].End > offset ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private async Task LearnAsync()
    {
        var requests = 0;
        try
        {
            var found = new List<ByteRange>();
            var options = new GetPageRangesOptions { Conditions = new PageBlobRequestConditions { IfMatch = version } };
            await foreach (var page in blob.GetAllPageRangesAsync(options, cancellationToken).AsPages().ConfigureAwait(false))
            {
                requests++;
                found.AddRange(page.Values.Where(item => !item.IsClear).Select(item => new ByteRange(item.Range.Offset, item.Range.Length ?? 0)));
                if (found.Count > MostRanges)
                {
                    return;
                }
            }

            // The service lists them in order; a mistake here would turn data into zeros.
            if (found.Zip(found.Skip(1)).All(pair => pair.First.End <= pair.Second.Offset))
            {
                _data = [.. found];
            }
        }
        catch (Exception exception) when (exception is RequestFailedException or IOException or OperationCanceledException or AggregateException or ObjectDisposedException)
        {
            // Reading goes on without; where the blob itself is the trouble, the reads say so.
        }
        finally
        {
            Interlocked.Add(ref _requests, requests);
        }
    }
}
