using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Files;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Log;

/// <summary>Replays names: entries of directories, and the references of inodes that go with them.</summary>
internal sealed class LoggedNames(BtrfsTree tree, LoggedItems items)
{
    private const int EntryHeaderLength = 30;

    private readonly HashSet<ulong> _changed = [];

    // Names of the directories that were changed, so that each is read once.
    private readonly Dictionary<ulong, Dictionary<string, ulong>> _indexes = [];

    /// <summary>Removes what the log would have if it were still there: the log knows all entries of the range.</summary>
    /// <param name="range">Says the range of places in a directory (BTRFS_DIR_LOG_INDEX_KEY).</param>
    /// <param name="log">The log.</param>
    public void RemoveMissing(TreeItem range, BtrfsTree log)
    {
        var first = range.Key with { Type = ItemType.DirectoryIndex };
        var last = first with { Offset = BinaryPrimitives.ReadUInt64LittleEndian(range.RequireLength(sizeof(ulong)).Span) };
        foreach (var item in tree.Read(first, last).ToList())
        {
            var logged = log.Find(item.Key) is { } found ? NamedEntry.ReadAll(found) : [];
            foreach (var entry in NamedEntry.ReadAll(item).Where(entry => !logged.Exists(other => other.Name.Span.SequenceEqual(entry.Name.Span))))
            {
                RemoveEntry(item.Key, entry);
            }
        }
    }

    /// <summary>Adds an entry of a directory, where what it leads to exists.</summary>
    public void AddEntry(TreeItem item)
    {
        foreach (var entry in NamedEntry.ReadAll(item).Where(entry => entry.Location.Type == ItemType.Inode && tree.Find(entry.Location) is not null))
        {
            Add(new InodeReference(item.Key.Object, item.Key.Offset, entry.Name), entry.Location.Object, entry.Type);
        }
    }

    /// <summary>Makes the names of an inode in a directory those that the log has.</summary>
    public void SetReferences(TreeItem item)
    {
        var inode = item.Key.Object;
        var logged = InodeReferences.Read(item);
        var present = tree.Find(item.Key) is { } found ? InodeReferences.Read(found) : [];
        foreach (var old in present.Where(old => !logged.Exists(name => name.Parent == old.Parent && name.Name.Span.SequenceEqual(old.Name.Span))))
        {
            RemoveEntry(old, inode);
        }

        foreach (var name in logged.Where(name => tree.Find(new BtrfsKey(name.Parent, ItemType.Inode, 0)) is not null))
        {
            Add(name, inode, TypeOf(inode));
        }

        items.Set(item);
        _changed.Add(inode);
    }

    /// <summary>Counts the names of the inodes that lost or won some.</summary>
    public void CountLinks(IEnumerable<ulong> others)
    {
        const int LinkCountOffset = 40;
        foreach (var inode in _changed.Concat(others).Distinct())
        {
            var count = tree.Read(new BtrfsKey(inode, ItemType.InodeReference, 0), new BtrfsKey(inode, ItemType.ExtendedInodeReference, ulong.MaxValue)).Sum(item => InodeReferences.Read(item).Count);
            if (count > 0 && tree.Find(new BtrfsKey(inode, ItemType.Inode, 0)) is { } found)
            {
                var bytes = found.RequireLength(LinkCountOffset + sizeof(uint)).Bytes.ToArray();
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(LinkCountOffset), (uint)count);
                items.Set(found with { Bytes = bytes });
            }
        }
    }

    private void Add(InodeReference name, ulong inode, byte type)
    {
        var indexes = IndexesOf(name.Parent);
        var text = Convert.ToHexString(name.Name.Span);
        var key = new BtrfsKey(name.Parent, ItemType.DirectoryIndex, name.Index);
        if (indexes.TryGetValue(text, out var present) && present != name.Index)
        {
            RemoveAll(key with { Offset = present });
        }

        if (tree.Find(key) is { } replaced && NamedEntry.ReadAll(replaced) is var entries && !entries.Exists(entry => entry.Location.Object == inode && entry.Name.Span.SequenceEqual(name.Name.Span)))
        {
            RemoveAll(key);
        }

        items.Set(new TreeItem(key, Build(name, inode, type), 0));
        indexes[text] = name.Index;
        _changed.Add(inode);
    }

    private void RemoveAll(BtrfsKey key)
    {
        if (tree.Find(key) is { } item)
        {
            foreach (var entry in NamedEntry.ReadAll(item))
            {
                RemoveEntry(key, entry);
            }
        }
    }

    private void RemoveEntry(BtrfsKey key, NamedEntry entry) => RemoveEntry(new InodeReference(key.Object, key.Offset, entry.Name), entry.Location.Object);

    // Both sides of a name go: the entry, and the inode's reference back.
    private void RemoveEntry(InodeReference name, ulong inode)
    {
        IndexesOf(name.Parent).Remove(Convert.ToHexString(name.Name.Span));
        items.Remove(new BtrfsKey(name.Parent, ItemType.DirectoryIndex, name.Index));
        foreach (var item in tree.Read(new BtrfsKey(inode, ItemType.InodeReference, 0), new BtrfsKey(inode, ItemType.ExtendedInodeReference, ulong.MaxValue)).ToList())
        {
            if (InodeReferences.Without(item, name) is not { } rest)
            {
                items.Remove(item.Key);
            }
            else if (rest.Bytes.Length != item.Bytes.Length)
            {
                items.Set(rest);
            }
        }

        _changed.Add(inode);
    }

    private Dictionary<string, ulong> IndexesOf(ulong directory)
    {
        if (!_indexes.TryGetValue(directory, out var indexes))
        {
            _indexes[directory] = indexes = new Dictionary<string, ulong>(StringComparer.Ordinal);
            foreach (var item in tree.Read(directory, ItemType.DirectoryIndex))
            {
                foreach (var entry in NamedEntry.ReadAll(item))
                {
                    indexes[Convert.ToHexString(entry.Name.Span)] = item.Key.Offset;
                }
            }
        }

        return indexes;
    }

    private byte TypeOf(ulong inode)
    {
        const int ModeOffset = 52;
        var mode = tree.Find(new BtrfsKey(inode, ItemType.Inode, 0)) is { } item ? BinaryPrimitives.ReadInt32LittleEndian(item.RequireLength(ModeOffset + 4).Span[ModeOffset..]) : 0;
        return PosixFileKind.ToEntryType(PosixFileKind.FromMode(mode));
    }

    private static byte[] Build(InodeReference name, ulong inode, byte type)
    {
        var bytes = new byte[EntryHeaderLength + name.Name.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, inode);
        bytes[8] = (byte)ItemType.Inode;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(27), (ushort)name.Name.Length);
        bytes[29] = type;
        name.Name.Span.CopyTo(bytes.AsSpan(EntryHeaderLength));
        return bytes;
    }
}
