using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>
/// ISO 9660, read-only: with Rock Ridge where it is there, otherwise with Joliet, otherwise as it is. The id of a node says where its
/// directory record stands.
/// </summary>
internal sealed class IsoFileSystem : IFileSystem
{
    private const int CachedNodes = 16 * 1024;

    private readonly IsoVolume _volume;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<ulong, IsoNode> _nodes = new(CachedNodes);
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private IsoFileSystem(IsoVolume volume, FileSystemIdentity identity)
    {
        _volume = volume;
        _directories = new DirectoryReader(volume);
        Identity = identity;
        if (identity.SizeBytes > volume.Source.Length)
        {
            volume.Warnings.Add($"the file system has {identity.SizeBytes} bytes, its volume only {volume.Source.Length}");
        }
    }

    public FileSystemIdentity Identity { get; }

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode((ulong)_volume.RootOffset);

    public static IsoFileSystem Open(IByteSource source, FileSystemIdentity identity) => new(new IsoVolume(source, new WarningList()), identity);

    public FileNode GetNode(ulong id) => Get(id).ToNode();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory)
    {
        var entries = new List<DirectoryEntry>();
        var record = GetDirectory(directory).File.Record;
        foreach (var file in _directories.Read(record.ContentOffset(_volume.BlockSize), record.Size))
        {
            if (!file.Record.IsSelfOrParent && !file.Record.IsAssociated && ToEntry(new IsoNode(_volume, file)) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link)
    {
        var node = Get(link.Id);
        return node.Kind == FileKind.SymbolicLink
            ? node.Target
            : throw IsoVolume.Corrupt((long)link.Id, $"a {node.Kind} is read as a symbolic link");
    }

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var node = Get(file.Id);
        node.RequireReadable();
        var wanted = (int)Math.Clamp(node.Size - offset, 0, buffer.Length);
        var left = buffer[..wanted];
        foreach (var part in node.Locate(offset, wanted))
        {
            _volume.Source.Read(part.Offset, left[..(int)part.Length]);
            left = left[(int)part.Length..];
        }

        return wanted;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => new Dictionary<string, byte[]>();

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) =>
        _volume.Source.Prefetch([.. ids.Where(id => !_nodes.TryGet(id, out _)).Select(id => new ByteRange((long)Math.Min(id, long.MaxValue), byte.MaxValue))]);

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            PrefetchNodes([.. nodes.Select(node => node.Id)]);
            var limit = Hint.Limit(maximumBytes);
            _volume.Source.Prefetch([.. nodes.Where(node => node.Kind is FileKind.Regular or FileKind.Directory).SelectMany(node => Get(node.Id).Locate(0, limit))]);
        });
    }

    private IsoNode Get(ulong id) => _nodes.GetOrAdd(id, offset => offset < (ulong)_volume.Source.Length
        ? new IsoNode(_volume, _directories.ReadFile((long)offset))
        : throw IsoVolume.Corrupt(null, $"a record of a directory at {offset} is referred to"));

    private IsoNode GetDirectory(FileNode directory)
    {
        var node = Get(directory.Id);
        return node.Kind == FileKind.Directory ? node : throw IsoVolume.Corrupt((long)directory.Id, $"a {node.Kind} is read as a directory");
    }

    // A directory that was moved, since it lay too deep, is shown where it belongs and nowhere else.
    private DirectoryEntry? ToEntry(IsoNode node)
    {
        var at = node.File.Record.Offset;
        if (node.Name.Length == 0 || node.Name is "." or ".." || node.Name.AsSpan().ContainsAny('/', '\0'))
        {
            throw IsoVolume.Corrupt(at, "an entry of a directory has an impossible name");
        }

        return node.IsMoved ? null
            : node.MovedTo is { } moved ? new DirectoryEntry(node.Name, (ulong)moved * (ulong)_volume.BlockSize, FileKind.Directory)
            : new DirectoryEntry(node.Name, (ulong)at, node.Kind);
    }

    // Names without Rock Ridge are found in any case, as Windows and DOS, for which they are made, find them.
    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(_volume.Names == IsoNames.RockRidge ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        foreach (var entry in ReadDirectory(directory))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }
}
