using System.Text;
using Orchestration.DiskImages.FileSystems.Btrfs.Files;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>
/// btrfs, read-only: one subvolume as the root, and those below it where they hang. Checksums of nodes are verified, and
/// where one is wrong the other copy is read.
/// </summary>
internal sealed class BtrfsFileSystem : IFileSystem, ISubvolumes
{
    private const int CachedInodes = 16 * 1024;
    private const int MaximumDepth = 1024;

    private readonly BtrfsVolume _volume;
    private readonly Subvolumes _subvolumes;
    private readonly Subvolume _root;
    private readonly FileContent _content;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<ulong, BtrfsInode> _inodes = new(CachedInodes);
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private BtrfsFileSystem(BtrfsVolume volume, Subvolumes subvolumes, Subvolume root)
    {
        _volume = volume;
        _subvolumes = subvolumes;
        _root = root;
        _content = new FileContent(volume, subvolumes.Checksums);
        _directories = new DirectoryReader(subvolumes);
    }

    public FileSystemIdentity Identity => _volume.Superblock.Identity;

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(NodeId.Of(_root, _root.RootDirectory));

    public IReadOnlyDictionary<string, ulong> SubvolumeIds => ReadPaths();

    /// <param name="devices">The devices that are there, in any order.</param>
    /// <exception cref="DiskImageException">A device is of another file system; or what lies on one that is missing is needed.</exception>
    public static BtrfsFileSystem Open(IReadOnlyList<IByteSource> devices)
    {
        var warnings = new WarningList();
        var superblocks = new List<BtrfsSuperblock>();
        var byNumber = new Dictionary<ulong, IByteSource>();
        foreach (var device in devices)
        {
            var superblock = BtrfsSuperblock.Read(device, warnings);
            if (superblocks.Count > 0 && superblock.Identity.Uuid != superblocks[0].Identity.Uuid)
            {
                throw BtrfsVolume.Corrupt(BtrfsSuperblock.Offset, $"device {superblock.DeviceId} of file system {superblock.Identity.Uuid} is not one of {superblocks[0].Identity.Uuid}");
            }

            if (byNumber.TryAdd(superblock.DeviceId, device))
            {
                superblocks.Add(superblock);
            }
            else
            {
                // A snapshot of a device below the file system says the same of itself as the device.
                warnings.Add($"device {superblock.DeviceId} of the file system is there twice; the first is read");
            }
        }

        // A device that was away for a time has an old superblock.
        var newest = superblocks.MaxBy(superblock => superblock.Generation) ?? throw BtrfsVolume.Corrupt(null, "there is no device");
        if (newest.DeviceCount > (ulong)byNumber.Count)
        {
            warnings.Add($"{byNumber.Count} of the {newest.DeviceCount} devices of the file system are there");
        }

        var volume = new BtrfsVolume(byNumber, newest, warnings);
        var subvolumes = new Subvolumes(volume);
        return new BtrfsFileSystem(volume, subvolumes, subvolumes.Default);
    }

    public IFileSystem OpenSubvolume(string path)
    {
        var normalized = path.Trim('/');
        var id = normalized.Length == 0 ? Subvolumes.TopLevel
            : ReadPaths().TryGetValue("/" + normalized, out var found) ? found
            : throw new DiskImageException(DiskImageError.NotFound, BtrfsVolume.Layer, null, $"there is no subvolume '{path}'");
        return new BtrfsFileSystem(_volume, _subvolumes, _subvolumes.Get(id));
    }

    public FileNode GetNode(ulong id) => id == NodeId.EmptyDirectory
        ? new FileNode(id, FileKind.Directory, 0b111_101_101, 0, 0, 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)
        : GetInode(id).ToNode();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) =>
        directory.Id == NodeId.EmptyDirectory ? [] : _directories.Read(GetInode(directory.Id));

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link) => _content.ReadLink(GetInode(link.Id));

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var inode = GetInode(file.Id);
        if (inode.Kind != FileKind.Regular)
        {
            throw BtrfsVolume.Corrupt(inode.At, $"inode {inode.Number} is read as a file, but is a {inode.Kind}");
        }

        var count = (int)Math.Clamp(inode.Size - offset, 0, buffer.Length);
        if (count > 0)
        {
            _content.Read(inode, offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (node.Id != NodeId.EmptyDirectory)
        {
            var inode = GetInode(node.Id);
            foreach (var entry in inode.Subvolume.Tree.Read(inode.Number, ItemType.Attribute).SelectMany(NamedEntry.ReadAll))
            {
                attributes[Encoding.UTF8.GetString(entry.Name.Span)] = entry.Value.ToArray();
            }
        }

        return attributes;
    }

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) => Hint.Give(() => PrefetchInodes(ids));

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            PrefetchInodes(nodes.Select(node => node.Id));
            var inodes = nodes.Where(node => node.Id != NodeId.EmptyDirectory).Select(node => GetInode(node.Id)).ToList();
            foreach (var group in inodes.Where(inode => inode.Kind == FileKind.Directory).GroupBy(inode => inode.Subvolume))
            {
                group.Key.Tree.PrefetchLeaves(group.Select(inode => new BtrfsKey(inode.Number, ItemType.DirectoryIndex, 0)));
            }

            _content.Prefetch([.. inodes.Where(inode => inode.Kind is FileKind.Regular or FileKind.SymbolicLink)], Hint.Limit(maximumBytes));
        });
    }

    private void PrefetchInodes(IEnumerable<ulong> ids)
    {
        foreach (var group in ids.Where(id => id != NodeId.EmptyDirectory && !_inodes.TryGet(id, out _)).GroupBy(NodeId.IndexOf))
        {
            _subvolumes.GetByIndex(group.Key).Tree.PrefetchLeaves(group.Select(id => new BtrfsKey(NodeId.NumberOf(id), ItemType.Inode, 0)));
        }
    }

    private BtrfsInode GetInode(ulong id) => _inodes.GetOrAdd(id, ReadInode);

    private BtrfsInode ReadInode(ulong id)
    {
        var subvolume = _subvolumes.GetByIndex(NodeId.IndexOf(id));
        var number = NodeId.NumberOf(id);
        var item = subvolume.Tree.Find(new BtrfsKey(number, ItemType.Inode, 0))
            ?? throw BtrfsVolume.Corrupt(null, $"inode {number} of subvolume {subvolume.Id} is referred to, but does not exist");
        var inode = new BtrfsInode(subvolume, item);
        return inode.Kind != FileKind.Unknown && inode.LinkCount > 0
            ? inode
            : throw BtrfsVolume.Corrupt(item.At, $"inode {number} of subvolume {subvolume.Id} is referred to, but is free");
    }

    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        foreach (var entry in ReadDirectory(directory))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }

    private IReadOnlyDictionary<string, ulong> ReadPaths() => _subvolumes.ReadPaths(ReadDirectoryPath);

    // The path of a directory within its subvolume, with a slash at the end; empty for the root.
    private static string ReadDirectoryPath(Subvolume subvolume, ulong directory)
    {
        var path = "";
        for (var depth = 0; directory != subvolume.RootDirectory; depth++)
        {
            TreeItem? reference = subvolume.Tree.Read(directory, ItemType.InodeReference).Cast<TreeItem?>().FirstOrDefault();
            if (reference is not { } item || depth == MaximumDepth)
            {
                throw BtrfsVolume.Corrupt(null, $"directory {directory} of subvolume {subvolume.Id} has no name, or lies too deep");
            }

            // The index in the directory and the length of the name come first (struct btrfs_inode_ref).
            int length = item.RequireLength(10).Span[8] | item.Span[9] << 8;
            path = $"{Encoding.UTF8.GetString(item.RequireLength(10 + length).Span.Slice(10, length))}/{path}";
            directory = item.Key.Offset;
        }

        return path;
    }
}
