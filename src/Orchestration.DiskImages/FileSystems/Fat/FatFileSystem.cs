using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Fat;

/// <summary>
/// FAT12, FAT16 and FAT32, with long names. There are no inodes: a node's id is where its directory entry lies, and everything belongs to
/// root and may be executed, as the kernel shows it.
/// </summary>
internal sealed class FatFileSystem : IFileSystem
{
    private const ulong RootId = 0;

    private readonly FatVolume _volume;
    private readonly AllocationTable _table;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private FatFileSystem(FatVolume volume, FileSystemIdentity identity)
    {
        _volume = volume;
        _table = new AllocationTable(volume.Table);
        _directories = new DirectoryReader(volume, _table);
        Identity = identity;
    }

    public FileSystemIdentity Identity { get; }

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(RootId);

    public static FatFileSystem Open(IByteSource source, FileSystemIdentity identity) => new(new FatVolume(source, new WarningList()), identity);

    public FileNode GetNode(ulong id)
    {
        const int AllButWriting = 0b101_101_101;
        const int OwnerWrites = 0b010_000_000;
        if (id == RootId)
        {
            return new FileNode(RootId, FileKind.Directory, AllButWriting | OwnerWrites, 0, 0, 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        }

        var entry = ReadEntry(id);
        var isWritable = entry.IsDirectory || !entry.Attributes.HasFlag(FatAttributes.ReadOnly);
        return new FileNode(
            id,
            entry.IsDirectory ? FileKind.Directory : FileKind.Regular,
            isWritable ? AllButWriting | OwnerWrites : AllButWriting,
            0,
            0,
            entry.Size,
            1,
            entry.Modified,
            entry.Modified);
    }

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => [.. _directories.Read(ClusterOf(directory)).Select(ToEntry)];

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link) => throw FatVolume.Corrupt((long)link.Id, "there are no symbolic links on FAT");

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var entry = ReadEntry(file.Id);
        if (entry.IsDirectory)
        {
            throw FatVolume.Corrupt((long)file.Id, "a directory is read as a file");
        }

        var count = (int)Math.Clamp(entry.Size - offset, 0, buffer.Length);
        if (count > 0)
        {
            ExtentContent.Read(_volume.Data, _volume.ClusterSize, Map(entry, file.Id, offset, offset + count), offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => new Dictionary<string, byte[]>();

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) =>
        _volume.Source.Prefetch([.. ids.Select(id => new ByteRange((long)Math.Min(id, long.MaxValue), FatEntry.Length))]);

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            var limit = Hint.Limit(maximumBytes);
            _volume.Source.Prefetch([.. nodes.Where(node => node.Kind == FileKind.Directory).SelectMany(node => _directories.Locate(ClusterOf(node)))]);
            _volume.Data.Prefetch([.. nodes.Where(node => node.Kind == FileKind.Regular && node.Size > 0).SelectMany(node =>
            {
                var end = Math.Min(node.Size, limit);
                return Map(ReadEntry(node.Id), node.Id, 0, end).Select(extent => extent.ToRange(_volume.ClusterSize, 0, end));
            })]);
        });
    }

    private List<FileExtent> Map(FatEntry entry, ulong id, long offset, long end)
    {
        var wanted = ExtentContent.SpanOf(offset, end, _volume.ClusterSize);
        var extents = new List<FileExtent>();
        long mapped = 0;
        foreach (var extent in _table.ReadChain(entry.Cluster, wanted.End))
        {
            wanted.AddOverlap(extents, extent);
            mapped = extent.LogicalEnd;
        }

        return mapped >= wanted.End
            ? extents
            : throw FatVolume.Corrupt((long)id, $"a file has {entry.Size} bytes, its chain only {mapped} clusters");
    }

    private FatEntry ReadEntry(ulong id) => id is RootId or > long.MaxValue || id % FatEntry.Length != 0
        ? throw FatVolume.Corrupt(null, $"a directory entry at {id} is referred to")
        : new FatEntry(_volume.Source.ReadBytes((long)id, FatEntry.Length));

    private uint ClusterOf(FileNode directory)
    {
        if (directory.Id == RootId)
        {
            return 0;
        }

        var entry = ReadEntry(directory.Id);
        return entry is { IsDirectory: true, Cluster: not 0 } ? entry.Cluster : throw FatVolume.Corrupt((long)directory.Id, "a directory entry is read as a directory, but is none, or has no cluster");
    }

    private static DirectoryEntry ToEntry(NamedFatEntry entry) =>
        new(entry.Name, (ulong)entry.Offset, entry.Entry.IsDirectory ? FileKind.Directory : FileKind.Regular);

    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(StringComparer.OrdinalIgnoreCase);
        var entries = _directories.Read(ClusterOf(directory));
        foreach (var entry in entries)
        {
            names.TryAdd(entry.Name, ToEntry(entry));
        }

        foreach (var entry in entries)
        {
            names.TryAdd(entry.ShortName, ToEntry(entry));
        }

        return names;
    }
}
