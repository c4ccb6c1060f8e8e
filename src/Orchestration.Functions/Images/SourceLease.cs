using Orchestration.DiskImages.Sources;

namespace Orchestration.Functions.Images;

/// <summary>One step's use of a shared source.</summary>
/// <param name="source">Shared with others.</param>
/// <param name="takeCost">Tells what reading has cost and was on nobody's bill.</param>
/// <param name="release">Ends the use.</param>
/// <param name="cancellationToken">Ends this step's reads, and nobody else's.</param>
public sealed class SourceLease(
    BlobByteSource source, Func<ReadStatistics> takeCost, Action release, CancellationToken cancellationToken) : IByteSource, IDisposable
{
    private bool _released;

    /// <summary>The version of the blob that all reads see.</summary>
    public string Version => source.Version.ToString();

    public long Length => source.Length;

    /// <summary>What reading has cost that is on nobody's bill yet; it is on the caller's now.</summary>
    public ReadStatistics TakeCost() => takeCost();

    public void Read(long offset, Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        source.Read(offset, buffer);
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges) => source.Prefetch(ranges);

    public void Dispose()
    {
        if (!_released)
        {
            _released = true;
            release();
        }
    }
}
