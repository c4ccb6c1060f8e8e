using Orchestration.DiskImages.FileSystems.Ext.Attributes;

namespace Orchestration.DiskImages.FileSystems.Ext.Mapping;

/// <summary>Reads the bytes of files, directories and links, however their inodes store them. Thread-safe.</summary>
internal sealed class FileContent(ExtVolume volume, ExtendedAttributes attributes)
{
    private readonly ExtentTree _extents = new(volume);
    private readonly IndirectBlocks _indirect = new(volume);

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the file.</summary>
    public void Read(ExtInode inode, long offset, Span<byte> buffer)
    {
        if (inode.Flags.HasFlag(ExtInodeFlags.InlineData))
        {
            ReadInline(inode, offset, buffer);
            return;
        }

        var extents = Map(inode, ExtentContent.SpanOf(offset, offset + buffer.Length, volume.BlockSize));
        ExtentContent.Read(volume.Source, volume.BlockSize, extents, offset, buffer);
    }

    /// <summary>The stored runs of the file's blocks within <paramref name="wanted"/>. Not for inline data.</summary>
    public List<FileExtent> Map(ExtInode inode, BlockSpan wanted) =>
        inode.Flags.HasFlag(ExtInodeFlags.Extents) ? _extents.Map(inode, wanted) : _indirect.Map(inode, wanted);

    /// <summary>
    /// Asks for the first <paramref name="maximumBytes"/> of each inode: first all the blocks that their mappings need, then all the data.
    /// </summary>
    public void Prefetch(IReadOnlyCollection<ExtInode> inodes, long maximumBytes)
    {
        var stored = inodes.Where(inode => inode.Size > 0 && !inode.Flags.HasFlag(ExtInodeFlags.InlineData) && !inode.IsFastLink(volume.Superblock)).ToList();
        BlockSpan Wanted(ExtInode inode) => ExtentContent.SpanOf(0, Math.Min(inode.Size, maximumBytes), volume.BlockSize);

        volume.PrefetchBlocks(stored.SelectMany(inode =>
            inode.Flags.HasFlag(ExtInodeFlags.Extents) ? ExtentTree.NodesBelowRoot(inode, Wanted(inode)) : _indirect.NodesBelowRoot(inode, Wanted(inode))));
        volume.Source.Prefetch([.. stored.SelectMany(inode => Map(inode, Wanted(inode)).Select(extent => extent.ToRange(volume.BlockSize, 0, Math.Min(inode.Size, maximumBytes))))]);
    }

    // Inline data fills the block area first and goes on in the attribute system.data, which is absent when all fits.
    private void ReadInline(ExtInode inode, long offset, Span<byte> buffer)
    {
        var rest = attributes.ReadInlineData(inode);
        if (inode.Size > ExtInode.BlockAreaLength + rest.Length)
        {
            throw ExtVolume.Corrupt(inode.Offset, $"inode {inode.Number} has {inode.Size} bytes inline, but room for only {ExtInode.BlockAreaLength + rest.Length}");
        }

        byte[] content = [.. inode.BlockArea, .. rest];
        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
