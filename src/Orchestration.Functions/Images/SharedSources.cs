using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.Functions.Images;

/// <summary>
/// The images that this process has open, by place and version, so that the steps of a job, and jobs on the same image, read what they
/// have in common once. An image stays for a while after its last use, because the next stage follows at once. Safe for concurrent use.
/// </summary>
public sealed class SharedSources(TimeProvider time, IOptions<ImageOptions> options) : IDisposable
{
    /// <summary>Images kept although nobody uses them.</summary>
    private const int MostIdle = 4;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    private readonly PageCacheOptions _cache = PageCacheOptions.Default with { Memory = new CacheMemory(Math.Max(16, options.Value.CacheMebibytes) * 1024L * 1024) };
    private readonly Lock _gate = new();
    private readonly Dictionary<(Uri Blob, string Version), Entry> _entries = [];

    /// <summary>Opens the current version of a blob, or joins those who have it open.</summary>
    /// <param name="blob">The image.</param>
    /// <param name="cancellationToken">For opening, and for every read through the lease.</param>
    public async Task<SourceLease> OpenAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        // Shared with others, so that one who gives up must not take the source from them: it gets no token of its own.
        var opened = await BlobByteSource.OpenAsync(blob, _cache, CancellationToken.None).WaitAsync(cancellationToken);
        lock (_gate)
        {
            RemoveIdle();
            var key = (blob.Uri, opened.Version.ToString());
            if (_entries.TryGetValue(key, out var entry))
            {
                opened.Dispose();
            }
            else
            {
                _entries[key] = entry = new Entry(opened);
            }

            entry.Users++;
            return new SourceLease(entry.Source, () => TakeCost(entry), () => Release(entry), cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values)
            {
                entry.Source.Dispose();
            }

            _entries.Clear();
        }
    }

    /// <summary>What reading has cost since somebody last asked: every byte is on exactly one bill.</summary>
    private ReadStatistics TakeCost(Entry entry)
    {
        lock (_gate)
        {
            var total = entry.Source.Statistics;
            var billed = entry.Billed;
            entry.Billed = total;
            return new ReadStatistics(
                total.BytesRead - billed.BytesRead,
                total.Requests - billed.Requests,
                total.Waves - billed.Waves,
                total.CacheHits - billed.CacheHits,
                total.CacheMisses - billed.CacheMisses);
        }
    }

    private void Release(Entry entry)
    {
        lock (_gate)
        {
            entry.Users--;
            entry.LastUsed = time.GetUtcNow();
            RemoveIdle();
        }
    }

    private void RemoveIdle()
    {
        var now = time.GetUtcNow();
        var idle = _entries.Where(entry => entry.Value.Users == 0).OrderByDescending(entry => entry.Value.LastUsed).ToList();
        foreach (var (key, entry) in idle.Where((candidate, rank) => rank >= MostIdle || now - candidate.Value.LastUsed > IdleTime))
        {
            entry.Source.Dispose();
            _entries.Remove(key);
        }
    }

    private sealed class Entry(BlobByteSource source)
    {
        public BlobByteSource Source => source;

        public int Users { get; set; }

        public DateTimeOffset LastUsed { get; set; }

        public ReadStatistics Billed { get; set; }
    }
}
