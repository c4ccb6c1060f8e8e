using System.Text;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

/// <summary>Reads directories in the order in which their entries were made. Thread-safe.</summary>
internal sealed class DirectoryReader(Subvolumes subvolumes)
{
    private const int MaximumEntries = 2_000_000;

    public List<DirectoryEntry> Read(BtrfsInode directory)
    {
        if (directory.Kind != FileKind.Directory)
        {
            throw BtrfsVolume.Corrupt(directory.At, $"inode {directory.Number} is read as a directory, but is a {directory.Kind}");
        }

        var entries = new List<DirectoryEntry>();
        foreach (var item in directory.Subvolume.Tree.Read(directory.Number, ItemType.DirectoryIndex))
        {
            foreach (var entry in NamedEntry.ReadAll(item))
            {
                if (entries.Count == MaximumEntries)
                {
                    throw BtrfsVolume.LimitExceeded(item.At, $"directory {directory.Number} has more than {MaximumEntries} entries");
                }

                entries.Add(ToEntry(directory, entry, item.At));
            }
        }

        return entries;
    }

    private DirectoryEntry ToEntry(BtrfsInode directory, NamedEntry entry, long at)
    {
        var name = entry.Name.Span;
        if (name is [(byte)'.'] or [(byte)'.', (byte)'.'] || name.IndexOfAny((byte)'/', (byte)0) >= 0)
        {
            throw BtrfsVolume.Corrupt(at, $"an entry of directory {directory.Number} has an impossible name");
        }

        var text = Encoding.UTF8.GetString(name);
        switch (entry.Location.Type)
        {
            case ItemType.Inode:
                return new DirectoryEntry(text, NodeId.Of(directory.Subvolume, entry.Location.Object), PosixFileKind.FromEntryType(entry.Type));
            case ItemType.Root when subvolumes.IsBelow(directory.Subvolume.Id, directory.Number, entry.Location.Object):
                var child = subvolumes.Get(entry.Location.Object);
                return new DirectoryEntry(text, NodeId.Of(child, child.RootDirectory), FileKind.Directory);
            case ItemType.Root:
                return new DirectoryEntry(text, NodeId.EmptyDirectory, FileKind.Directory);
            default:
                throw BtrfsVolume.Corrupt(at, $"an entry of directory {directory.Number} leads to a {entry.Location.Type}");
        }
    }
}
