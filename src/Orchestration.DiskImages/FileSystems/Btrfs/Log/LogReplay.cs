using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Log;

/// <summary>
/// Shows in a subvolume what was synced after the last commit, as mounting would, in memory. The log has the inodes that were synced, their
/// names, attributes and new extents, and the entries of their directories. Rules: Linux, fs/btrfs/tree-log.c.
/// </summary>
internal static class LogReplay
{
    private const int MaximumItems = 500_000;
    private const int SizeOffset = 16;
    private const int LinkCountOffset = 40;
    private const int ModeOffset = 52;

    /// <param name="volume">The volume.</param>
    /// <param name="root">The subvolume as it was committed.</param>
    /// <param name="logRoot">Its log.</param>
    public static BtrfsTree Apply(BtrfsVolume volume, TreeRoot root, TreeRoot logRoot)
    {
        var log = new BtrfsTree(volume, logRoot);
        var logged = log.Read(default, BtrfsKey.Last).Take(MaximumItems + 1).ToList();
        if (logged.Count > MaximumItems)
        {
            throw BtrfsVolume.LimitExceeded((long)logRoot.Logical, $"a log has more than {MaximumItems} items");
        }

        var items = new LoggedItems();
        var tree = new BtrfsTree(volume, root, items);
        var names = new LoggedNames(tree, items);
        var extents = new LoggedExtents(tree, items, volume.Superblock.SectorSize);

        // A file that lost its last name before it was synced is gone.
        var gone = logged.Where(item => item.Key.Type == ItemType.Inode && U32(item, LinkCountOffset) == 0).Select(item => item.Key.Object).ToHashSet();
        logged.RemoveAll(item => gone.Contains(item.Key.Object));
        foreach (var inode in logged.Where(item => item.Key.Type == ItemType.Inode))
        {
            ReplayInode(inode, tree, items, extents);
            foreach (var range in log.Read(inode.Key.Object, ItemType.DirectoryLogIndex))
            {
                names.RemoveMissing(range, log);
            }
        }

        foreach (var entry in logged.Where(item => item.Key.Type == ItemType.DirectoryIndex))
        {
            names.AddEntry(entry);
        }

        foreach (var item in logged)
        {
            switch (item.Key.Type)
            {
                case ItemType.Attribute:
                    items.Set(item);
                    break;
                case ItemType.InodeReference or ItemType.ExtendedInodeReference:
                    names.SetReferences(item);
                    break;
                case ItemType.FileExtent:
                    extents.Set(item);
                    break;
            }
        }

        names.CountLinks(logged.Where(item => item.Key.Type == ItemType.Inode).Select(item => item.Key.Object));
        return tree;
    }

    private static void ReplayInode(TreeItem logged, BtrfsTree tree, LoggedItems items, LoggedExtents extents)
    {
        var kind = KindOf(logged);
        var present = tree.Find(logged.Key);
        var size = S64(logged, SizeOffset);
        if (present is { } known && S64(logged, 0) == 0)
        {
            // Without a generation the log says only that the inode exists, and of a file that was synced before its size.
            if (kind == FileKind.Regular && KindOf(known) == FileKind.Regular && size != 0)
            {
                items.Set(WithSize(known, size));
            }
        }
        else
        {
            items.Set(present is { } old && kind == FileKind.Directory && KindOf(old) == FileKind.Directory ? WithSize(logged, S64(old, SizeOffset)) : logged);
        }

        foreach (var attribute in tree.Read(logged.Key.Object, ItemType.Attribute).ToList())
        {
            items.Remove(attribute.Key);
        }

        if (kind == FileKind.Regular && tree.Find(logged.Key) is { } now)
        {
            extents.Truncate(logged.Key.Object, Math.Clamp(S64(now, SizeOffset), 0, long.MaxValue / 2));
        }
    }

    private static TreeItem WithSize(TreeItem inode, long size)
    {
        var bytes = inode.Bytes.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SizeOffset), size);
        return inode with { Bytes = bytes };
    }

    private static FileKind KindOf(TreeItem inode) => PosixFileKind.FromMode((int)U32(inode, ModeOffset));

    private static uint U32(TreeItem item, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(item.RequireLength(offset + sizeof(uint)).Span[offset..]);

    private static long S64(TreeItem item, int offset) => BinaryPrimitives.ReadInt64LittleEndian(item.RequireLength(offset + sizeof(long)).Span[offset..]);
}
