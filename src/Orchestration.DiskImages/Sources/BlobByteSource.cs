using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Sources;

/// <summary>
/// A block or page blob, read where it lies: ranged requests behind a page cache, all pinned to the version that was opened. The holes of
/// a page blob are not fetched once it has told where they are. Thread-safe.
/// </summary>
public sealed class BlobByteSource : IMeasuredByteSource, IDisposable
{
    private readonly PageCache _cache;
    private readonly PageRanges? _pages;

    private BlobByteSource(PageCache cache, PageRanges? pages, ETag version)
    {
        _cache = cache;
        _pages = pages;
        Version = version;
    }

    /// <summary>The version of the blob that all reads see.</summary>
    public ETag Version { get; }

    public long Length => _cache.Length;

    /// <summary>What reads have cost; the one request of opening is not counted.</summary>
    public ReadStatistics Statistics
    {
        get
        {
            var cost = _cache.Statistics;
            return cost with { Requests = cost.Requests + (_pages?.Requests ?? 0) };
        }
    }

    /// <summary>Whether the holes of a page blob are known by now.</summary>
    internal bool KnowsHoles => _pages is { AreKnown: true };

    /// <summary>Asks for the blob's size and version.</summary>
    /// <param name="blob">The blob, with credentials and retry policy.</param>
    /// <param name="options">Null for <see cref="PageCacheOptions.Default"/>.</param>
    /// <param name="cancellationToken">For opening and for the life of the source: once cancelled, reads throw <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DiskImageException">
    /// <see cref="DiskImageError.NotFound"/> where there is no such blob; <see cref="DiskImageError.Unavailable"/> where the storage does not
    /// answer after the client's retries or refuses. Reads also throw <see cref="DiskImageError.Changed"/> once the blob has changed.
    /// </exception>
    public static async Task<BlobByteSource> OpenAsync(BlobBaseClient blob, PageCacheOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var fetcher = new Fetcher(blob, properties.ContentLength, properties.ETag);
            var pages = properties.BlobType == BlobType.Page
                ? new PageRanges(blob.GetParentBlobContainerClient().GetPageBlobClient(blob.Name), properties.ETag, cancellationToken)
                : null;
            return new BlobByteSource(new PageCache(fetcher, options, cancellationToken), pages, properties.ETag);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Translate(exception, blob, null);
        }
    }

    public void Read(long offset, Span<byte> buffer)
    {
        if (_pages is null)
        {
            _cache.Read(offset, buffer);
            return;
        }

        this.RequireInside(offset, buffer.Length);
        _pages.Ask();
        var parts = _pages.FindData(new ByteRange(offset, buffer.Length)).ToList();
        if (parts.Count > 1)
        {
            _cache.Prefetch(parts);
        }

        foreach (var part in parts)
        {
            buffer[..(int)(part.Offset - offset)].Clear();
            buffer = buffer[(int)(part.Offset - offset)..];
            _cache.Read(part.Offset, buffer[..(int)part.Length]);
            buffer = buffer[(int)part.Length..];
            offset = part.End;
        }

        buffer.Clear();
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        _pages?.Ask();
        _cache.Prefetch(_pages is null ? ranges : [.. ranges.Select(range => range.ClampTo(Length)).SelectMany(_pages.FindData)]);
    }

    public void Dispose() => _cache.Dispose();

    // Beside the storage's own answers there are broken connections, timeouts (which look like cancellation) and failed credentials.
    private static DiskImageException Translate(Exception exception, BlobBaseClient blob, long? offset)
    {
        var name = $"{blob.BlobContainerName}/{blob.Name}";
        var (error, rule) = exception switch
        {
            RequestFailedException { Status: 404 } => (DiskImageError.NotFound, $"'{name}' does not exist"),
            RequestFailedException { Status: 412 or 416 } => (DiskImageError.Changed, $"'{name}' was changed while it was being read"),
            RequestFailedException { ErrorCode: "BlobArchived" } => (DiskImageError.Unavailable, $"'{name}' is in the archive tier and must be rehydrated first"),
            RequestFailedException { Status: > 0 } failure => (DiskImageError.Unavailable, $"'{name}' cannot be read: {failure.Status} {failure.ErrorCode}"),
            // Tries that all failed say as often what went wrong, and how tries are configured.
            AggregateException { InnerExceptions: [.., var last] } => (DiskImageError.Unavailable, $"'{name}' cannot be read: {last.Message}"),
            _ => (DiskImageError.Unavailable, $"'{name}' cannot be read: {exception.Message}"),
        };
        return new DiskImageException(error, "blob", offset, rule, exception);
    }

    private sealed class Fetcher(BlobBaseClient blob, long length, ETag version) : IRangeFetcher
    {
        private readonly BlobRequestConditions _unchanged = new() { IfMatch = version };

        public long Length => length;

        public async Task FetchAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            try
            {
                var options = new BlobDownloadOptions { Range = new HttpRange(offset, buffer.Length), Conditions = _unchanged };
                var response = await blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
                using var download = response.Value;
                await download.Content.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw Translate(exception, blob, offset);
            }
        }
    }
}
