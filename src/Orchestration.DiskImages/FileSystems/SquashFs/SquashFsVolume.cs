using System.Buffers.Binary;
using Orchestration.DiskImages.Compression;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>A block of metadata, decompressed.</summary>
/// <param name="Content">At most 8 KiB.</param>
/// <param name="Next">Where the next one lies on the volume.</param>
internal sealed record MetadataBlock(byte[] Content, long Next);

/// <summary>The blocks of a squashfs volume, decompressed. Thread-safe; threads decompress in parallel.</summary>
internal sealed class SquashFsVolume
{
    public const string Layer = "squashfs";

    /// <summary>Bytes of a whole block of metadata.</summary>
    public const int MetadataLength = 8192;

    private const int MetadataHeaderLength = 2;
    private const int CachedMetadataBlocks = 2048;
    private const long CachedDataBytes = 16 << 20;

    private readonly BoundedCache<long, MetadataBlock> _metadata = new(CachedMetadataBlocks);
    private readonly BoundedCache<(long Offset, uint Size), byte[]> _data = new(CachedDataBytes, block => block.Length);

    public SquashFsVolume(IByteSource source, WarningList warnings)
    {
        Superblock = new SquashFsSuperblock(source.ReadBytes(0, SquashFsSuperblock.Length));
        Source = source;
        Warnings = warnings;
        if (Superblock.SizeBytes > source.Length)
        {
            warnings.Add($"the file system has {Superblock.SizeBytes} bytes, its volume only {source.Length}");
        }
    }

    public IByteSource Source { get; }

    public SquashFsSuperblock Superblock { get; }

    public WarningList Warnings { get; }

    /// <summary>The block of metadata at that offset of the volume.</summary>
    public MetadataBlock ReadMetadata(long offset) => _metadata.GetOrAdd(offset, DecompressMetadata);

    /// <summary>A block of data as <paramref name="block"/> says it is stored: whole, or at the end of a file shorter.</summary>
    public byte[] ReadData(StoredBlock block) => _data.GetOrAdd((block.Offset, block.Size), _ => DecompressData(block));

    /// <summary>Asks for the metadata that lies there and in the blocks after it.</summary>
    public void PrefetchMetadata(IEnumerable<(long Offset, long Length)> ranges) => Source.Prefetch(
        [.. ranges.Where(range => !_metadata.TryGet(range.Offset, out _)).Select(range => new ByteRange(range.Offset, range.Length + MetadataLength + MetadataHeaderLength))]);

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    public static DiskImageException LimitExceeded(long? offset, string rule) => new(DiskImageError.LimitExceeded, Layer, offset, rule);

    private MetadataBlock DecompressMetadata(long offset)
    {
        const int Uncompressed = 0x8000;
        int header = BinaryPrimitives.ReadUInt16LittleEndian(Source.ReadBytes(offset, MetadataHeaderLength));
        var length = header & ~Uncompressed;
        if (length is 0 or > MetadataLength)
        {
            throw Corrupt(offset, $"a block of metadata has {length} bytes");
        }

        var stored = Source.ReadBytes(offset + MetadataHeaderLength, length);
        return new MetadataBlock((header & Uncompressed) != 0 ? stored : Decompress(stored, MetadataLength, offset), offset + MetadataHeaderLength + length);
    }

    private byte[] DecompressData(StoredBlock block)
    {
        if (block.Length > Superblock.BlockSize)
        {
            throw Corrupt(block.Offset, $"a block of data has {block.Length} bytes stored, more than the {Superblock.BlockSize} of a whole one");
        }

        var stored = Source.ReadBytes(block.Offset, block.Length);
        return block.IsCompressed ? Decompress(stored, Superblock.BlockSize, block.Offset) : stored;
    }

    private byte[] Decompress(byte[] stored, int capacity, long offset)
    {
        var content = new byte[capacity];
        var length = Superblock.Compression switch
        {
            SquashFsCompression.Zlib => Zlib.Decompress(stored, content, Layer, offset),
            SquashFsCompression.Lzma => DecompressLzma(stored, content),
            SquashFsCompression.Lzo => Lzo.Decompress(stored, content, Layer, offset),
            SquashFsCompression.Xz => XzStream.Decompress(stored, content, Layer, offset),
            SquashFsCompression.Lz4 => Lz4.Decompress(stored, content, Layer, offset),
            _ => Zstandard.Decompress(stored, content, Layer, offset),
        };
        return length == capacity ? content : content[..length];
    }

    private static int DecompressLzma(byte[] stored, byte[] content)
    {
        using var stream = new XzStream(new MemoryStream(stored), Layer);
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
    }
}

/// <summary>Where a block of data is stored.</summary>
/// <param name="Offset">Byte of the volume.</param>
/// <param name="Size">Its length, with the bit that says that it is not compressed; 0 where the block is a hole.</param>
internal readonly record struct StoredBlock(long Offset, uint Size)
{
    private const uint Uncompressed = 1 << 24;

    public bool IsHole => Size == 0;

    public bool IsCompressed => (Size & Uncompressed) == 0;

    public int Length => (int)(Size & ~Uncompressed & int.MaxValue);
}
