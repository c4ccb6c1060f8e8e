using System.Text;
using Orchestration.DiskImages.Compression;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

/// <summary>Reads the bytes of files and links. Thread-safe.</summary>
internal sealed class FileContent(BtrfsVolume volume, DataChecksums checksums)
{
    private const int MaximumLinkLength = 4096;
    private const int CachedExtents = 64;

    private readonly BoundedCache<ulong, byte[]> _decompressed = new(CachedExtents);

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the file.</summary>
    public void Read(BtrfsInode inode, long offset, Span<byte> buffer)
    {
        var end = offset + buffer.Length;
        var extents = ReadExtents(inode, offset, end);
        if (extents.Count > 1)
        {
            volume.Chunks.Prefetch(extents.Select(extent => ToRange(extent, offset, end)));
        }

        buffer.Clear();
        foreach (var extent in extents)
        {
            var start = Math.Max(offset, extent.Start);
            var part = buffer[(int)(start - offset)..(int)(Math.Min(end, extent.End) - offset)];
            var within = extent.Offset + (start - extent.Start);
            if (extent.Compression != ExtentCompression.None)
            {
                Decompress(inode, extent).AsSpan((int)within, part.Length).CopyTo(part);
            }
            else if (extent.Kind == ExtentKind.Inline)
            {
                extent.Inline.Span.Slice((int)within, part.Length).CopyTo(part);
            }
            else
            {
                ReadStored(inode, extent.Logical + (ulong)within, part);
            }
        }
    }

    public string ReadLink(BtrfsInode inode)
    {
        if (inode.Kind != FileKind.SymbolicLink || inode.Size is 0 or > MaximumLinkLength)
        {
            throw BtrfsVolume.Corrupt(inode.At, $"inode {inode.Number} is read as a symbolic link, but is a {inode.Kind} of {inode.Size} bytes");
        }

        var target = new byte[inode.Size];
        Read(inode, 0, target);
        return Encoding.UTF8.GetString(target);
    }

    /// <summary>Asks for the first <paramref name="maximumBytes"/> of each inode: first the items that map them, then all the data.</summary>
    public void Prefetch(IReadOnlyCollection<BtrfsInode> inodes, long maximumBytes)
    {
        foreach (var group in inodes.GroupBy(inode => inode.Subvolume))
        {
            group.Key.Tree.PrefetchLeaves(group.Select(inode => new BtrfsKey(inode.Number, ItemType.FileExtent, 0)));
        }

        var ranges = inodes.SelectMany(inode =>
        {
            var end = Math.Min(inode.Size, maximumBytes);
            return ReadExtents(inode, 0, end).Select(extent => ToRange(extent, 0, end));
        }).Where(range => range.Length > 0).ToList();
        volume.Chunks.Prefetch(ranges);
        checksums.Prefetch(ranges.Select(range => range.Logical));
    }

    // Those within the range that are stored; what none covers reads as zeros.
    private static List<FileExtentItem> ReadExtents(BtrfsInode inode, long offset, long end)
    {
        var extents = new List<FileExtentItem>();
        var first = new BtrfsKey(inode.Number, ItemType.FileExtent, (ulong)offset);
        foreach (var item in inode.Subvolume.Tree.ReadFromBefore(first, first with { Offset = (ulong)Math.Max(0, end - 1) }))
        {
            if (item.Key.Object != inode.Number || item.Key.Type != ItemType.FileExtent)
            {
                continue;
            }

            var extent = FileExtentItem.Read(item);
            if (!extent.IsHole && extent.Start < end && extent.End > offset)
            {
                extents.Add(extent);
            }
        }

        return extents;
    }

    private static (ulong Logical, long Length) ToRange(FileExtentItem extent, long offset, long end)
    {
        if (extent.Kind == ExtentKind.Inline)
        {
            return (0, 0);
        }

        if (extent.Compression != ExtentCompression.None)
        {
            return (extent.Logical, extent.StoredLength);
        }

        var start = Math.Max(offset, extent.Start);
        return (extent.Logical + (ulong)(extent.Offset + (start - extent.Start)), Math.Min(end, extent.End) - start);
    }

    private void ReadStored(BtrfsInode inode, ulong logical, Span<byte> buffer)
    {
        if (inode.HasChecksums)
        {
            checksums.Read(logical, buffer);
        }
        else
        {
            volume.Chunks.Read(logical, buffer);
        }
    }

    private byte[] Decompress(BtrfsInode inode, FileExtentItem extent)
    {
        if (extent.Kind == ExtentKind.Inline)
        {
            return Decompress(extent, extent.Inline.Span);
        }

        if (!_decompressed.TryGet(extent.Logical, out var content) || content.Length != extent.DecompressedLength)
        {
            var stored = new byte[extent.StoredLength];
            ReadStored(inode, extent.Logical, stored);
            content = Decompress(extent, stored);
            _decompressed.Set(extent.Logical, content);
        }

        return content;
    }

    // What the compressed bytes do not fill are zeros: the end of the last sector of a file.
    private byte[] Decompress(FileExtentItem extent, ReadOnlySpan<byte> stored)
    {
        var content = new byte[extent.DecompressedLength];
        switch (extent.Compression)
        {
            case ExtentCompression.Zstd:
                Zstandard.Decompress(stored, content, BtrfsVolume.Layer, extent.At);
                break;
            case ExtentCompression.Lzo:
                Lzo.DecompressSegments(stored, content, volume.Superblock.SectorSize, BtrfsVolume.Layer, extent.At);
                break;
            default:
                Zlib.Decompress(stored, content, BtrfsVolume.Layer, extent.At);
                break;
        }

        return content;
    }
}
