using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

internal enum ExtentKind : byte
{
    /// <summary>The bytes stand in the item.</summary>
    Inline = 0,
    Regular = 1,

    /// <summary>Allocated, never written: reads as zeros.</summary>
    Preallocated = 2,
}

internal enum ExtentCompression : byte
{
    None = 0,
    Zlib = 1,
    Lzo = 2,
    Zstd = 3,
}

/// <summary>A run of a file's bytes (struct btrfs_file_extent_item).</summary>
/// <param name="Start">First byte in the file.</param>
/// <param name="Length">Number of bytes of the file that it covers.</param>
/// <param name="Kind">How it is stored.</param>
/// <param name="Compression">How the whole extent is compressed.</param>
/// <param name="DecompressedLength">Bytes of the whole extent, decompressed.</param>
/// <param name="Logical">Where the extent lies; 0 for a hole.</param>
/// <param name="StoredLength">Bytes of the extent as it is stored.</param>
/// <param name="Offset">Where in the decompressed extent the run begins.</param>
/// <param name="Inline">The bytes of an inline extent.</param>
/// <param name="At">Logical address of the item's leaf, for messages.</param>
internal readonly record struct FileExtentItem(
    long Start,
    long Length,
    ExtentKind Kind,
    ExtentCompression Compression,
    long DecompressedLength,
    ulong Logical,
    long StoredLength,
    long Offset,
    ReadOnlyMemory<byte> Inline,
    long At)
{
    private const int InlineHeaderLength = 21;
    private const int RegularLength = 53;
    private const int MaximumCompressed = 1 << 20;

    public long End => Start + Length;

    /// <summary>Nothing is stored for it: it reads as zeros.</summary>
    public bool IsHole => Kind == ExtentKind.Preallocated || Kind == ExtentKind.Regular && Logical == 0;

    public static FileExtentItem Read(TreeItem item)
    {
        var bytes = item.RequireLength(InlineHeaderLength).Span;
        var kind = (ExtentKind)bytes[20];
        var compression = (ExtentCompression)bytes[16];
        if (bytes[17] != 0 || bytes[18] != 0 || bytes[19] != 0 || compression > ExtentCompression.Zstd || kind > ExtentKind.Preallocated)
        {
            throw BtrfsVolume.Unsupported(item.At, $"an extent of inode {item.Key.Object} has compression {compression}, encryption {bytes[17]}, encoding {bytes[18]} and type {kind}");
        }

        var decompressed = U64(bytes, 8);
        if (kind != ExtentKind.Inline)
        {
            bytes = item.RequireLength(RegularLength).Span;
        }

        var extent = kind == ExtentKind.Inline
            ? new FileExtentItem((long)item.Key.Offset, decompressed, kind, compression, decompressed, 0, bytes.Length - InlineHeaderLength, 0, item.Bytes[InlineHeaderLength..], item.At)
            : new FileExtentItem((long)item.Key.Offset, U64(bytes, 45), kind, compression, decompressed, (ulong)U64(bytes, 21), U64(bytes, 29), U64(bytes, 37), default, item.At);
        var isCompressed = compression != ExtentCompression.None;
        var isPossible = extent is { Start: >= 0, Length: > 0, DecompressedLength: >= 0, StoredLength: >= 0, Offset: >= 0 }
            && extent.Start <= long.MaxValue - extent.Length
            && extent.Offset <= long.MaxValue - extent.Length
            && (extent.IsHole || extent.Offset + extent.Length <= (isCompressed || kind == ExtentKind.Inline ? extent.DecompressedLength : extent.StoredLength))
            && (extent.IsHole || !isCompressed && kind != ExtentKind.Inline || extent.DecompressedLength <= MaximumCompressed && extent.StoredLength <= MaximumCompressed)
            && (kind != ExtentKind.Inline || isCompressed || extent.Inline.Length >= extent.Length);
        return isPossible
            ? extent
            : throw BtrfsVolume.Corrupt(item.At, $"an extent of inode {item.Key.Object} covers {extent.Length} bytes from {extent.Start}, of {extent.DecompressedLength} ({extent.StoredLength} stored) from {extent.Offset}");
    }

    private static long U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
