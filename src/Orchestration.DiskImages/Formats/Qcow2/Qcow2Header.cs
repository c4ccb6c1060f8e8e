using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Qcow2;

internal enum Qcow2Compression
{
    Deflate = 0,
    Zstandard = 1,
}

/// <summary>
/// The header of a qcow2 image, versions 2 and 3, checked. Rules: QEMU, docs/interop/qcow2.txt.
/// </summary>
internal sealed record Qcow2Header
{
    public const string Layer = "qcow2";

    private const int Version2Length = 72;
    private const int Version3Length = 104;
    private const int MaximumBackingNameLength = 1023;
    private const int MaximumL1Bytes = 32 * 1024 * 1024;

    private const uint LuksEncryption = 2;

    private const ulong DirtyBit = 1 << 0;
    private const ulong CorruptBit = 1 << 1;
    private const ulong ExternalDataBit = 1 << 2;
    private const ulong CompressionTypeBit = 1 << 3;
    private const ulong ExtendedL2Bit = 1 << 4;

    public required int Version { get; init; }

    /// <summary>Virtual size in bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Bytes in a cluster: a power of two from 512 to 2 MiB.</summary>
    public required int ClusterSize { get; init; }

    /// <summary>Number of entries in the L1 table that are needed for the virtual size.</summary>
    public required int L1Count { get; init; }

    public required long L1Offset { get; init; }

    /// <summary>L2 entries are 128 bits and describe 32 subclusters each.</summary>
    public required bool ExtendedL2 { get; init; }

    public required Qcow2Compression Compression { get; init; }

    /// <summary>The file that holds the data clusters; null where the image holds them itself.</summary>
    public string? ExternalDataFile { get; init; }

    /// <summary>Where the LUKS header of an encrypted image lies; null where it is not encrypted.</summary>
    public long? EncryptionHeader { get; init; }

    /// <summary>Where the table of internal snapshots lies.</summary>
    public required long SnapshotsOffset { get; init; }

    public required uint SnapshotCount { get; init; }

    public string? BackingFile { get; init; }

    /// <summary>Format of the backing file as recorded in the image; null where it is not.</summary>
    public string? BackingFormat { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public int L2EntrySize => ExtendedL2 ? 16 : 8;

    /// <summary>Entries in one L2 table, which fills one cluster.</summary>
    public int L2Count => ClusterSize / L2EntrySize;

    public static Qcow2Header Read(IByteSource source)
    {
        if (source.Length < Version2Length)
        {
            throw Corrupt(0, $"a header has at least {Version2Length} bytes, the image has {source.Length}");
        }

        // The header, its extensions and the backing file name all lie in the first cluster; 64 KiB is the usual size of one.
        var head = source.ReadBytes(0, (int)Math.Min(source.Length, 64 * 1024));
        var version = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
        if (version is not (2 or 3))
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, 4, $"version {version}; versions 2 and 3 are known");
        }

        var headerLength = version == 2 ? Version2Length : ReadHeaderLength(head);
        var clusterBits = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(20));
        if (clusterBits is < 9 or > 21)
        {
            throw Corrupt(20, $"cluster_bits is {clusterBits}, expected 9 to 21");
        }

        var extensions = Qcow2HeaderExtensions.Read(head.AsSpan(0, Math.Min(head.Length, 1 << clusterBits)), headerLength);
        var incompatible = version == 2 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(72));
        RefuseWhatCannotBeRead(head, incompatible, extensions);

        var extendedL2 = (incompatible & ExtendedL2Bit) != 0;
        if (extendedL2 && clusterBits < 14)
        {
            throw Corrupt(20, $"extended L2 entries need cluster_bits of 14 or more, found {clusterBits}");
        }

        var header = new Qcow2Header
        {
            Version = version,
            VirtualSize = ReadVirtualSize(head),
            ClusterSize = 1 << clusterBits,
            L1Count = 0,
            L1Offset = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(40)),
            ExtendedL2 = extendedL2,
            Compression = ReadCompression(head, headerLength, incompatible),
            ExternalDataFile = (incompatible & ExternalDataBit) != 0 ? extensions.ExternalDataFile : null,
            EncryptionHeader = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(32)) == LuksEncryption ? extensions.EncryptionHeader : null,
            SnapshotCount = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(60)),
            SnapshotsOffset = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(64)),
            BackingFile = ReadBackingName(head),
            BackingFormat = extensions.BackingFormat,
            Warnings = (incompatible & CorruptBit) != 0 ? ["qcow2: the image is marked as corrupt (incompatible feature bit 1)"] : [],
        };
        return header.WithTable(header.L1Offset, BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(36)), header.VirtualSize, source.Length);
    }

    private static int ReadHeaderLength(byte[] head)
    {
        if (head.Length < Version3Length)
        {
            throw Corrupt(0, $"a version 3 header has at least {Version3Length} bytes, the image has {head.Length}");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(100));
        return length >= Version3Length && length % 8 == 0 && length <= head.Length
            ? (int)length
            : throw Corrupt(100, $"header_length is {length}, expected a multiple of 8 from {Version3Length} to the end of the cluster");
    }

    private static void RefuseWhatCannotBeRead(byte[] head, ulong incompatible, Qcow2HeaderExtensions extensions)
    {
        const ulong Known = DirtyBit | CorruptBit | ExternalDataBit | CompressionTypeBit | ExtendedL2Bit;
        if ((incompatible & ~Known) is not 0 and var unknown)
        {
            var bits = Enumerable.Range(0, 64).Where(bit => (unknown >> bit & 1) != 0);
            throw Unsupported(72, "unknown incompatible features: " + string.Join(", ", bits.Select(extensions.NameIncompatibleBit)));
        }

        if ((incompatible & ExternalDataBit) != 0 && extensions.ExternalDataFile is null)
        {
            throw Unsupported(72, "the data lies in an external data file that the image does not name");
        }

        var encryption = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(32));
        if (encryption is not (0 or LuksEncryption) || (encryption == LuksEncryption && extensions.EncryptionHeader is null))
        {
            throw Unsupported(32, $"the image is encrypted ({(encryption == 1 ? "AES, which qemu itself has given up" : $"method {encryption}, without a header")})");
        }

        if (encryption == LuksEncryption && (incompatible & ExternalDataBit) != 0)
        {
            throw Unsupported(32, "the image is encrypted and has an external data file");
        }
    }

    private static long ReadVirtualSize(byte[] head)
    {
        var size = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(24));
        return size >= 0 ? size : throw Corrupt(24, $"the virtual size is {(ulong)size} bytes, more than 2^63");
    }

    // A field at or after header_length is absent, whatever bytes stand there.
    private static Qcow2Compression ReadCompression(byte[] head, int headerLength, ulong incompatible)
    {
        var type = headerLength > Version3Length ? head[Version3Length] : (byte)0;
        if (type != 0 != ((incompatible & CompressionTypeBit) != 0))
        {
            throw Corrupt(Version3Length, $"compression type {type} contradicts incompatible feature bit 3");
        }

        return type <= 1 ? (Qcow2Compression)type : throw Unsupported(Version3Length, $"compression type {type}; 0 (deflate) and 1 (zstd) are known");
    }

    private static string? ReadBackingName(byte[] head)
    {
        var offset = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
        var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(16));
        if (offset == 0 || length == 0)
        {
            return null;
        }

        if (length > MaximumBackingNameLength || offset > (ulong)head.Length || offset + length > (ulong)head.Length)
        {
            throw Corrupt(8, $"the backing file name has {length} bytes at {offset}; at most {MaximumBackingNameLength} inside the first cluster are allowed");
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(head, (int)offset, (int)length);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, (long)offset, "the backing file name is not UTF-8", exception);
        }
    }

    /// <summary>The header with another L1 table, that of a snapshot, after its checks.</summary>
    /// <param name="offset">Where the table lies.</param>
    /// <param name="entries">Entries that it has.</param>
    /// <param name="virtualSize">Bytes of the disk that it maps.</param>
    /// <param name="sourceLength">Bytes of the image.</param>
    public Qcow2Header WithTable(long offset, uint entries, long virtualSize, long sourceLength)
    {
        var bytesPerEntry = (long)ClusterSize * L2Count;
        var needed = virtualSize / bytesPerEntry + (virtualSize % bytesPerEntry == 0 ? 0 : 1);
        if (needed > entries)
        {
            throw Corrupt(36, $"the L1 table has {entries} entries, the virtual size needs {needed}");
        }

        if (needed > MaximumL1Bytes / sizeof(ulong))
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, Layer, 36, $"the L1 table needs {needed} entries; at most {MaximumL1Bytes / sizeof(ulong)} are allowed");
        }

        if (offset < 0 || offset % ClusterSize != 0)
        {
            throw Corrupt(40, $"the L1 table lies at {offset}, which is not a multiple of the cluster size");
        }

        return offset <= sourceLength - needed * sizeof(ulong)
            ? this with { L1Offset = offset, L1Count = (int)needed, VirtualSize = virtualSize }
            : throw Corrupt(40, $"the L1 table ends at {offset + needed * sizeof(ulong)}, the image at {sourceLength}: it is truncated");
    }

    internal static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    private static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);
}
