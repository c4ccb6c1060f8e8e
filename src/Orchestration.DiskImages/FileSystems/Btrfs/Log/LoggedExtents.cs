using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Files;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Log;

/// <summary>Replays where the bytes of files lie.</summary>
internal sealed class LoggedExtents(BtrfsTree tree, LoggedItems items, int sectorSize)
{
    /// <summary>Puts an extent in place of whatever the file had there.</summary>
    public void Set(TreeItem item)
    {
        var extent = FileExtentItem.Read(item);
        var end = extent.Kind == ExtentKind.Inline ? RoundUp(extent.End) : extent.End;
        Drop(item.Key.Object, extent.Start, end);
        items.Set(item);
    }

    /// <summary>Drops what lies after the last sector of a file.</summary>
    public void Truncate(ulong inode, long size) => Drop(inode, RoundUp(size), long.MaxValue);

    private void Drop(ulong inode, long start, long end)
    {
        var first = new BtrfsKey(inode, ItemType.FileExtent, (ulong)start);
        foreach (var item in tree.ReadFromBefore(first, first with { Offset = (ulong)(end - 1) }).Where(item => item.Key.Object == inode && item.Key.Type == ItemType.FileExtent).ToList())
        {
            var extent = FileExtentItem.Read(item);
            if (extent.Start >= end || extent.End <= start)
            {
                continue;
            }

            items.Remove(item.Key);
            if (extent.Kind != ExtentKind.Inline)
            {
                Keep(item, extent, extent.Start, start);
                Keep(item, extent, end, extent.End);
            }
        }
    }

    // The part of an extent that stays: the same stored bytes, of which fewer are used.
    private void Keep(TreeItem item, FileExtentItem extent, long start, long end)
    {
        const int OffsetField = 37;
        const int LengthField = 45;
        if (start < end)
        {
            var bytes = item.Bytes.ToArray();
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(OffsetField), extent.Offset + (start - extent.Start));
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(LengthField), end - start);
            items.Set(new TreeItem(item.Key with { Offset = (ulong)start }, bytes, item.At));
        }
    }

    private long RoundUp(long size) => (size + sectorSize - 1) / sectorSize * sectorSize;
}
