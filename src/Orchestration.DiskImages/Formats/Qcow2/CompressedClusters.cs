using System.IO.Compression;
using Orchestration.DiskImages.Compression;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>Reads compressed clusters and keeps the last few decompressed ones. Thread-safe; threads decompress in parallel.</summary>
internal sealed class CompressedClusters(IByteSource source, Qcow2Header header, ClusterMap map, CacheMemory memory) : ICompressedBlocks
{
    private readonly BoundedCache<long, byte[]> _clusters = new(memory, cluster => cluster.Length);

    public int BlockSize => header.ClusterSize;

    /// <param name="location">The L2 entry, which identifies the cluster.</param>
    public ByteRange Locate(long location) => map.LocateCompressed(location);

    /// <param name="location">The L2 entry, which identifies the cluster.</param>
    public byte[] Read(long location) => _clusters.GetOrAdd(location, entry => Decompress(Locate(entry)));

    private byte[] Decompress(ByteRange stored)
    {
        // The size field bounds this to less than two clusters.
        var compressed = source.ReadBytes(stored.Offset, (int)stored.Length);
        var cluster = new byte[header.ClusterSize];
        var length = header.Compression == Qcow2Compression.Zstandard
            ? Zstandard.Decompress(compressed, cluster, Qcow2Header.Layer, stored.Offset)
            : Inflate(compressed, cluster, stored.Offset);
        return length == cluster.Length
            ? cluster
            : throw Qcow2Header.Corrupt(stored.Offset, $"a compressed cluster holds {length} bytes, expected {cluster.Length}");
    }

    private static int Inflate(byte[] compressed, byte[] cluster, long offset)
    {
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(compressed), CompressionMode.Decompress);
            return inflater.ReadAtLeast(cluster, cluster.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw new DiskImageException(DiskImageError.Corrupt, Qcow2Header.Layer, offset, "a compressed cluster is not a deflate stream", exception);
        }
    }
}
