using Orchestration.DiskImages.FileSystems.Xfs.Attributes;
using Orchestration.DiskImages.FileSystems.Xfs.Log;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>
/// XFS versions 4 and 5, read-only and crash-consistent: a dirty log is replayed in memory. Checksums and the descriptions that blocks
/// carry of themselves are verified.
/// </summary>
internal sealed class XfsFileSystem : IFileSystem
{
    private readonly XfsVolume _volume;
    private readonly InodeTable _inodes;
    private readonly ExtendedAttributes _attributes;
    private readonly FileContent _content;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private XfsFileSystem(XfsVolume volume)
    {
        _volume = volume;
        _inodes = new InodeTable(volume);
        var extentMap = new ExtentMap(volume);
        _attributes = new ExtendedAttributes(volume, extentMap);
        _content = new FileContent(volume, extentMap);
        _directories = new DirectoryReader(volume, _content);
    }

    public FileSystemIdentity Identity => _volume.Superblock.Identity;

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(_volume.Superblock.RootInode);

    public static XfsFileSystem Open(IByteSource source)
    {
        var superblock = XfsSuperblock.Read(source);
        var warnings = new WarningList();
        if (superblock.Identity.SizeBytes > source.Length)
        {
            warnings.Add($"the file system has {superblock.Identity.SizeBytes} bytes, its volume only {source.Length}");
        }

        var replayed = LogReplay.Apply(source, superblock, warnings);
        if (replayed is not null)
        {
            // What replaying changes may be the superblock itself.
            source = replayed;
            superblock = XfsSuperblock.Read(source, replayed.IsPatched(0, XfsSuperblock.Length));
        }

        return new XfsFileSystem(new XfsVolume(source, replayed, superblock, warnings));
    }

    public FileNode GetNode(ulong id) => _inodes.Get(id).ToNode();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => _directories.Read(_inodes.Get(directory.Id));

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, ReadNames).GetValueOrDefault(name);

    public string ReadLink(FileNode link) => _content.ReadLink(_inodes.Get(link.Id));

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var inode = _inodes.Get(file.Id);
        if (inode.Kind != FileKind.Regular)
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} is read as a file, but is a {inode.Kind}");
        }

        var count = (int)Math.Clamp(inode.Size - offset, 0, buffer.Length);
        if (count > 0)
        {
            _content.Read(inode, offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => _attributes.ReadAll(_inodes.Get(node.Id));

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) => Hint.Give(() => _inodes.Prefetch(ids));

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            _inodes.Prefetch(nodes.Select(node => node.Id));
            var inodes = nodes.Where(node => node.Kind is FileKind.Regular or FileKind.Directory or FileKind.SymbolicLink).Select(node => _inodes.Get(node.Id)).ToList();
            _content.Prefetch(inodes, Hint.Limit(maximumBytes));
        });
    }

    private Dictionary<string, DirectoryEntry> ReadNames(ulong directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(_volume.Superblock.IsCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var entry in _directories.Read(_inodes.Get(directory)))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }
}
