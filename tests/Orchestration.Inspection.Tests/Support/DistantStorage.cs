using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.Inspection.Tests.Support;

/// <summary>A file as storage at the other end of a network would give it: every request takes the latency.</summary>
internal sealed class DistantStorage(FileByteSource file, TimeSpan latency) : IRangeFetcher
{
    public long Length => file.Length;

    public async Task FetchAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await Task.Delay(latency, cancellationToken);
        file.Read(offset, buffer.Span);
    }
}
