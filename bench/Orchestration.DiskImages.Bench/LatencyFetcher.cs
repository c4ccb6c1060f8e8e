using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Bench;

/// <summary>A source as if it lay behind a network.</summary>
internal sealed class LatencyFetcher(IByteSource source, TimeSpan latency) : IRangeFetcher
{
    public long Length => source.Length;

    public async Task FetchAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await Task.Delay(latency, cancellationToken).ConfigureAwait(false);
        source.Read(offset, buffer.Span);
    }
}
