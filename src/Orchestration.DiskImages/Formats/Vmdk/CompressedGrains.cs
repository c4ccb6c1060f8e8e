using System.Buffers.Binary;
using Orchestration.DiskImages.Compression;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>Reads compressed grains and keeps the last few decompressed ones. Thread-safe; threads decompress in parallel.</summary>
internal sealed class CompressedGrains(IByteSource source, SparseExtentHeader header, CacheMemory memory) : ICompressedBlocks
{
    // The number of the grain's first sector, and the length of its stream.
    private const int MarkerLength = 12;

    private readonly BoundedCache<long, byte[]> _grains = new(memory, grain => grain.Length);

    public int BlockSize => header.GrainSize;

    public ByteRange Locate(long location) => new(location, Math.Clamp(source.Length - location, 0, header.GrainSize + MarkerLength));

    public byte[] Read(long location) => _grains.GetOrAdd(location, Decompress);

    private byte[] Decompress(long location)
    {
        if (location > source.Length - MarkerLength)
        {
            throw SparseExtentHeader.Corrupt(location, $"a compressed grain lies beyond the end of the image ({source.Length}): it is truncated");
        }

        // What does not compress grows a little.
        var longest = header.GrainSize + header.GrainSize / 8 + SparseExtentHeader.Sector;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source.ReadBytes(location, MarkerLength).AsSpan(sizeof(ulong)));
        if (length > longest || location > source.Length - MarkerLength - length)
        {
            throw SparseExtentHeader.Corrupt(
                location, $"a compressed grain has {length} bytes, expected at most {longest} and before the end of the image ({source.Length}): it is truncated");
        }

        return Inflate(source.ReadBytes(location + MarkerLength, (int)length), location);
    }

    private byte[] Inflate(byte[] compressed, long location)
    {
        var grain = new byte[header.GrainSize];
        return grain[..Zlib.Decompress(compressed, grain, VmdkDescriptor.Layer, location)];
    }
}
