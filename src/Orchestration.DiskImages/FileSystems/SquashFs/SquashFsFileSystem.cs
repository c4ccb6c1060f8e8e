using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>squashfs 4.0, read-only. The id of a node says where its inode is.</summary>
internal sealed class SquashFsFileSystem : IFileSystem
{
    private const int CachedInodes = 16 * 1024;

    private readonly SquashFsVolume _volume;
    private readonly InodeTable _inodes;
    private readonly DirectoryReader _directories;
    private readonly FileContent _content;
    private readonly ExtendedAttributes _attributes;
    private readonly BoundedCache<ulong, SquashFsInode> _cached = new(CachedInodes);
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private SquashFsFileSystem(SquashFsVolume volume, FileSystemIdentity identity)
    {
        _volume = volume;
        _inodes = new InodeTable(volume);
        _directories = new DirectoryReader(volume);
        _content = new FileContent(volume, _inodes);
        _attributes = new ExtendedAttributes(volume);
        Identity = identity;
    }

    public FileSystemIdentity Identity { get; }

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(_volume.Superblock.RootInode);

    public static SquashFsFileSystem Open(IByteSource source, FileSystemIdentity identity) => new(new SquashFsVolume(source, new WarningList()), identity);

    public FileNode GetNode(ulong id) => GetInode(id).ToNode();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => _directories.Read(GetInode(directory.Id));

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link)
    {
        var inode = GetInode(link.Id);
        return inode.Kind == FileKind.SymbolicLink
            ? _inodes.ReadTarget(inode)
            : throw SquashFsVolume.Corrupt(inode.At, $"inode {inode.Number} is read as a symbolic link, but is a {inode.Kind}");
    }

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var inode = GetInode(file.Id);
        if (inode.Kind != FileKind.Regular)
        {
            throw SquashFsVolume.Corrupt(inode.At, $"inode {inode.Number} is read as a file, but is a {inode.Kind}");
        }

        var count = (int)Math.Clamp(inode.Size - offset, 0, buffer.Length);
        if (count > 0)
        {
            _content.Read(inode, offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => _attributes.Read(GetInode(node.Id));

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) =>
        _volume.PrefetchMetadata(ids.Where(id => !_cached.TryGet(id, out _)).Select(_inodes.Locate).Distinct().Select(offset => (offset, 0L)));

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            PrefetchNodes([.. nodes.Select(node => node.Id)]);
            var limit = Hint.Limit(maximumBytes);
            var inodes = nodes.Select(node => GetInode(node.Id)).ToList();
            _volume.PrefetchMetadata(inodes.Where(inode => inode.Kind == FileKind.Directory).Select(inode => (_directories.Locate(inode), Hint.Limit(inode.Size))));
            _volume.Source.Prefetch([.. inodes.Where(inode => inode.Kind == FileKind.Regular).SelectMany(inode => _content.Locate(inode, limit))]);
        });
    }

    private SquashFsInode GetInode(ulong id) => _cached.GetOrAdd(id, _inodes.Read);

    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        foreach (var entry in ReadDirectory(directory))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }
}
