namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Storage that answers requests for ranges of bytes, slowly: what a <see cref="PageCache"/> sits over. Thread-safe.</summary>
public interface IRangeFetcher
{
    /// <summary>Size in bytes; constant.</summary>
    long Length { get; }

    /// <summary>Fills the buffer with the bytes at <paramref name="offset"/>, which the caller has clipped to the length: one request.</summary>
    /// <exception cref="DiskImageException">The bytes cannot be had.</exception>
    Task FetchAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}
