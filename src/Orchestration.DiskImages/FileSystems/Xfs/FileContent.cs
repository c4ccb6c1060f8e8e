using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>Reads the bytes of files, directories and links. Thread-safe.</summary>
internal sealed class FileContent(XfsVolume volume, ExtentMap extentMap)
{
    private const int MaximumLinkLength = 1024;

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the file.</summary>
    public void Read(XfsInode inode, long offset, Span<byte> buffer)
    {
        var extents = Map(inode, ExtentContent.SpanOf(offset, offset + buffer.Length, volume.BlockSize));
        ExtentContent.Read(volume.Source, volume.BlockSize, extents, offset, buffer);
    }

    /// <summary>The written runs of the inode's data within <paramref name="wanted"/>.</summary>
    public List<FileExtent> Map(XfsInode inode, BlockSpan wanted)
    {
        if (inode.Flags.HasFlag(XfsInodeFlags.RealTime) && inode.Kind == FileKind.Regular)
        {
            throw XfsVolume.Unsupported(inode.Offset, $"inode {inode.Number} keeps its content on a real-time device");
        }

        return extentMap.Map(inode, inode.Data, wanted);
    }

    /// <summary>The target of a symbolic link, which stands in the inode where it fits.</summary>
    public string ReadLink(XfsInode inode)
    {
        if (inode.Kind != FileKind.SymbolicLink || inode.Size is 0 or > MaximumLinkLength)
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} is read as a symbolic link, but is a {inode.Kind} of {inode.Size} bytes");
        }

        var size = (int)inode.Size;
        if (inode.Data.Format == ForkFormat.Local)
        {
            return size <= inode.Data.Area.Length
                ? Encoding.UTF8.GetString(inode.Data.Area[..size])
                : throw XfsVolume.Corrupt(inode.Offset, $"link {inode.Number} has {size} bytes in a fork of {inode.Data.Area.Length}");
        }

        var target = new byte[size];
        var read = 0;
        foreach (var extent in Map(inode, new BlockSpan(0, 2 * MaximumLinkLength / 512)))
        {
            read += ReadLinkBlocks(inode, extent, target.AsSpan(read));
        }

        return read == size
            ? Encoding.UTF8.GetString(target)
            : throw XfsVolume.Corrupt(inode.Offset, $"link {inode.Number} has {size} bytes, its blocks hold {read}");
    }

    /// <summary>
    /// Asks for the first <paramref name="maximumBytes"/> of each inode: first all the blocks that their mappings need, then all the data.
    /// </summary>
    public void Prefetch(IReadOnlyCollection<XfsInode> inodes, long maximumBytes)
    {
        var stored = inodes.Where(inode => inode.Data.Format is ForkFormat.Extents or ForkFormat.Tree).ToList();
        long End(XfsInode inode) => Math.Min(inode.Size, maximumBytes);
        BlockSpan Wanted(XfsInode inode) => ExtentContent.SpanOf(0, End(inode), volume.BlockSize);

        volume.Source.Prefetch([.. stored.SelectMany(inode => extentMap.NodesBelowRoot(inode, inode.Data, Wanted(inode)))]);
        volume.Source.Prefetch([.. stored.SelectMany(inode => Map(inode, Wanted(inode)).Select(extent => extent.ToRange(volume.BlockSize, 0, End(inode))))]);
    }

    // With version 5 each run begins with a header (struct xfs_dsymlink_hdr), with version 4 it is all target.
    private int ReadLinkBlocks(XfsInode inode, FileExtent extent, Span<byte> target)
    {
        const uint Magic = 0x58534c4d;
        const int HeaderLength = 56;
        var at = extent.PhysicalBlock * volume.BlockSize;
        var length = (int)Math.Min(extent.Count * volume.BlockSize, 2 * volume.BlockSize + MaximumLinkLength);
        var blocks = volume.Source.ReadBytes(at, length);
        if (!volume.Superblock.IsVersion5)
        {
            var plain = Math.Min(length, target.Length);
            blocks.AsSpan(0, plain).CopyTo(target);
            return plain;
        }

        var count = BinaryPrimitives.ReadUInt32BigEndian(blocks.AsSpan(8));
        if (BinaryPrimitives.ReadUInt32BigEndian(blocks) != Magic || count > length - HeaderLength || count > target.Length)
        {
            throw XfsVolume.Corrupt(at, $"a block of link {inode.Number} has signature 0x{BinaryPrimitives.ReadUInt32BigEndian(blocks):x8} and {count} bytes of {target.Length} left");
        }

        volume.RequireOwn(blocks, SelfDescription.Remote, inode.Number, at, $"a block of link {inode.Number}");
        blocks.AsSpan(HeaderLength, (int)count).CopyTo(target);
        return (int)count;
    }
}
