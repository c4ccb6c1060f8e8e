namespace Orchestration.DiskImages.Sources;

/// <summary>
/// Random access to a fixed number of bytes: a file, a blob, a virtual disk, a partition, a logical volume.
/// Every layer of the reader sees the one below it as an <see cref="IByteSource"/>.
/// Implementations are safe for concurrent use by several threads.
/// </summary>
public interface IByteSource
{
    /// <summary>Size in bytes; constant for the life of the source.</summary>
    long Length { get; }

    /// <summary>
    /// Fills <paramref name="buffer"/> with the bytes at <paramref name="offset"/>. Waits for the bytes where they are not at hand.
    /// </summary>
    /// <exception cref="DiskImageException">The range leaves the source, or what the bytes rest on is damaged or unreadable.</exception>
    void Read(long offset, Span<byte> buffer);

    /// <summary>
    /// Says that these ranges will be read soon, so that they can be fetched together, in one round trip, in the background.
    /// A hint: it does not fail for damage, returns without waiting for the data, though perhaps for the tables that say where the data
    /// lies, and parts of ranges outside the source are ignored.
    /// </summary>
    void Prefetch(IReadOnlyList<ByteRange> ranges);
}

/// <summary>A range of bytes in an <see cref="IByteSource"/>.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The offset just after the last byte.</summary>
    public long End => Offset + Length;
}
