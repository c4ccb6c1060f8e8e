using System.Text;
using Orchestration.DiskImages.FileSystems.Ext.Attributes;
using Orchestration.DiskImages.FileSystems.Ext.Journal;
using Orchestration.DiskImages.FileSystems.Ext.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>
/// ext2, ext3 and ext4, read-only and crash-consistent: a dirty journal is replayed in memory. Metadata checksums are verified.
/// </summary>
internal sealed class ExtFileSystem : IFileSystem
{
    private const ulong RootNumber = 2;
    private const int MaximumLinkLength = 4096;

    private readonly ExtVolume _volume;
    private readonly InodeTable _inodes;
    private readonly ExtendedAttributes _attributes;
    private readonly FileContent _content;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<uint, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<uint>();

    private ExtFileSystem(ExtVolume volume)
    {
        _volume = volume;
        _inodes = new InodeTable(volume);
        _attributes = new ExtendedAttributes(volume, _inodes);
        _content = new FileContent(volume, _attributes);
        _directories = new DirectoryReader(volume, _content);
    }

    public FileSystemIdentity Identity => _volume.Superblock.Identity;

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(RootNumber);

    public static ExtFileSystem Open(IByteSource source)
    {
        var superblock = ExtSuperblock.Read(source);
        var warnings = new WarningList();
        if (superblock.BlockCount * superblock.BlockSize > source.Length)
        {
            warnings.Add($"the file system has {superblock.BlockCount * superblock.BlockSize} bytes, its volume only {source.Length}");
        }

        if (superblock.Incompatible.HasFlag(ExtIncompatible.Recover))
        {
            // What replaying changes includes the superblock itself.
            source = JournalReplay.Apply(new ExtVolume(source, superblock, warnings));
            superblock = ExtSuperblock.Read(source);
        }

        const ushort ErrorsFound = 2;
        if ((superblock.State & ErrorsFound) != 0)
        {
            warnings.Add("the file system is marked as having errors");
        }

        return new ExtFileSystem(new ExtVolume(source, superblock, warnings));
    }

    public FileNode GetNode(ulong id) => GetInode(id).ToNode();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => _directories.Read(GetInode(directory.Id));

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd((uint)directory.Id, ReadNames).GetValueOrDefault(name);

    public string ReadLink(FileNode link)
    {
        var inode = GetInode(link.Id);
        if (inode.Kind != FileKind.SymbolicLink || inode.Size > MaximumLinkLength)
        {
            throw ExtVolume.Corrupt(inode.Offset, $"inode {inode.Number} is read as a symbolic link, but is a {inode.Kind} of {inode.Size} bytes");
        }

        RefuseEncrypted(inode);
        if (inode.IsFastLink(_volume.Superblock))
        {
            return Encoding.UTF8.GetString(inode.BlockArea[..(int)inode.Size]);
        }

        var target = new byte[inode.Size];
        _content.Read(inode, 0, target);
        return Encoding.UTF8.GetString(target);
    }

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var inode = GetInode(file.Id);
        if (inode.Kind != FileKind.Regular)
        {
            throw ExtVolume.Corrupt(inode.Offset, $"inode {inode.Number} is read as a file, but is a {inode.Kind}");
        }

        RefuseEncrypted(inode);
        var count = (int)Math.Clamp(inode.Size - offset, 0, buffer.Length);
        if (count > 0)
        {
            _content.Read(inode, offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => _attributes.ReadAll(GetInode(node.Id));

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

    private ExtInode GetInode(ulong id)
    {
        var inode = _inodes.Get(id);
        return inode.Kind != FileKind.Unknown && (inode.LinkCount > 0 || id == RootNumber)
            ? inode
            : throw ExtVolume.Corrupt(inode.Offset, $"inode {id} is referred to, but is free (mode 0{Convert.ToString(inode.Mode, 8)}, {inode.LinkCount} links)");
    }

    private Dictionary<string, DirectoryEntry> ReadNames(uint directory)
    {
        var inode = GetInode(directory);
        var comparer = inode.Flags.HasFlag(ExtInodeFlags.CaseFold) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var names = new Dictionary<string, DirectoryEntry>(comparer);
        foreach (var entry in _directories.Read(inode))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }

    private static void RefuseEncrypted(ExtInode inode)
    {
        if (inode.Flags.HasFlag(ExtInodeFlags.Encrypted))
        {
            throw ExtVolume.Unsupported(inode.Offset, $"inode {inode.Number} is encrypted (fscrypt); its content cannot be read without the key");
        }
    }
}
