namespace Orchestration.DiskImages.Sources;

/// <summary>What reading has cost so far. Counters only grow.</summary>
/// <param name="BytesRead">Bytes fetched from the storage, wanted or not.</param>
/// <param name="Requests">Requests sent to the storage.</param>
/// <param name="Waves">
/// Dependent round trips: the time that latency alone would take is this number times the latency. A request opens a new wave when no
/// other request is under way, or when bytes that the current wave brought have been read, since the request may then follow from them.
/// Every other request belongs to the current wave. With several readers a wave holds the requests of all of them.
/// </param>
/// <param name="CacheHits">Reads that found all their pages in memory.</param>
/// <param name="CacheMisses">Reads that had to wait for at least one page.</param>
public readonly record struct ReadStatistics(long BytesRead, long Requests, long Waves, long CacheHits, long CacheMisses);

/// <summary>A source of stored bytes that counts what reading costs.</summary>
public interface IMeasuredByteSource : IByteSource
{
    /// <summary>A snapshot of the counters.</summary>
    ReadStatistics Statistics { get; }
}
