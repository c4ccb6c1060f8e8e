using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Tests.Support.Sources;

/// <summary>Storage with a latency, over the bytes of another source, that records its requests.</summary>
internal sealed class SlowFetcher(IByteSource source, TimeSpan latency) : IRangeFetcher
{
    private readonly Lock _gate = new();
    private int _underWay;

    public SlowFetcher(int length)
        : this(new MemoryByteSource(CreatePattern(length)), TimeSpan.Zero)
    {
    }

    public long Length => source.Length;

    public List<ByteRange> Requests { get; } = [];

    public int MostAtOnce { get; private set; }

    /// <summary>When set, requests wait for it to complete before they are answered.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>When set, requests fail with it.</summary>
    public Exception? Failure { get; set; }

    public static byte[] CreatePattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public async Task FetchAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Requests.Add(new ByteRange(offset, buffer.Length));
            MostAtOnce = Math.Max(MostAtOnce, ++_underWay);
        }

        await Hold.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _underWay--;
        }

        if (Failure is not null)
        {
            throw Failure;
        }

        source.Read(offset, buffer.Span);
    }
}
