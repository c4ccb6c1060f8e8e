using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.ExFat;

/// <summary>
/// exFAT, read-only. There are no inodes: a node's id says where its directory begins and which of its entries is the file, and everything
/// belongs to root and may be executed, as the kernel shows it.
/// </summary>
internal sealed class ExFatFileSystem : IFileSystem
{
    private const ulong RootId = 0;
    private const int CachedFiles = 16 * 1024;

    private readonly ExFatVolume _volume;
    private readonly DirectoryReader _directories;
    private readonly BoundedCache<ulong, ExFatFile> _files = new(CachedFiles);
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private ExFatFileSystem(ExFatVolume volume, FileSystemIdentity identity)
    {
        _volume = volume;
        _directories = new DirectoryReader(volume);
        Identity = identity;
    }

    public FileSystemIdentity Identity { get; }

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(RootId);

    public static ExFatFileSystem Open(IByteSource source, FileSystemIdentity identity) => new(new ExFatVolume(source, new WarningList()), identity);

    public FileNode GetNode(ulong id)
    {
        const int AllButWriting = 0b101_101_101;
        const int OwnerWrites = 0b010_000_000;
        if (id == RootId)
        {
            return new FileNode(RootId, FileKind.Directory, AllButWriting | OwnerWrites, 0, 0, 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        }

        var file = GetFile(id);
        return new FileNode(
            id,
            file.IsDirectory ? FileKind.Directory : FileKind.Regular,
            file.IsReadOnly && !file.IsDirectory ? AllButWriting : AllButWriting | OwnerWrites,
            0,
            0,
            SizeOf(file),
            1,
            file.Modified,
            file.Modified);
    }

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory)
    {
        var found = ToDirectory(directory);
        var entries = new List<DirectoryEntry>();
        foreach (var (index, file) in _directories.Read(found))
        {
            var id = ExFatNodeId.Of(found, index);
            _files.Set(id, file);
            entries.Add(new DirectoryEntry(file.Name, id, file.IsDirectory ? FileKind.Directory : FileKind.Regular));
        }

        return entries;
    }

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link) => throw ExFatVolume.Corrupt(null, "there are no symbolic links on exFAT");

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (file.Id == RootId || GetFile(file.Id) is not { IsDirectory: false } found)
        {
            throw ExFatVolume.Corrupt(null, "a directory is read as a file");
        }

        var count = (int)Math.Clamp(SizeOf(found) - offset, 0, buffer.Length);
        var written = (int)Math.Clamp((long)Math.Min(found.WrittenSize, long.MaxValue) - offset, 0, count);
        buffer[written..count].Clear();
        var left = buffer[..written];
        foreach (var range in Locate(found, offset, offset + written))
        {
            _volume.Source.Read(range.Offset, left[..(int)range.Length]);
            left = left[(int)range.Length..];
        }

        return left.IsEmpty ? count : throw ExFatVolume.Corrupt(null, $"the file '{found.Name}' has {found.Size} bytes, its clusters end {left.Length} bytes before {offset + written}");
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => new Dictionary<string, byte[]>();

    // What is known of a file stands in its directory, which was read to find it.
    public void PrefetchNodes(IReadOnlyCollection<ulong> ids)
    {
    }

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        Hint.Give(() =>
        {
            var limit = Hint.Limit(maximumBytes);
            _volume.Source.Prefetch(
            [
                .. nodes.Where(node => node.Kind == FileKind.Directory).SelectMany(node => _directories.Locate(ToDirectory(node))),
                .. nodes.Where(node => node.Kind == FileKind.Regular && node.Size > 0).SelectMany(node => Locate(GetFile(node.Id), 0, Math.Min(node.Size, limit))),
            ]);
        });
    }

    private IEnumerable<ByteRange> Locate(ExFatFile file, long offset, long end)
    {
        var wanted = ExtentContent.SpanOf(offset, end, _volume.ClusterSize);
        var extents = new List<FileExtent>();
        if (offset < end)
        {
            foreach (var extent in _volume.Map(file.Cluster, file.IsContiguous, wanted.End))
            {
                wanted.AddOverlap(extents, extent);
            }
        }

        return extents.Select(extent => extent.ToRange(_volume.ClusterSize, offset, end)).Select(range => range with { Offset = _volume.DataOffset + range.Offset });
    }

    private ExFatFile GetFile(ulong id) => _files.GetOrAdd(id, wanted => _directories.ReadFile(ExFatNodeId.ClusterOf(wanted), ExFatNodeId.IsContiguous(wanted), ExFatNodeId.IndexOf(wanted)));

    private ExFatDirectory ToDirectory(FileNode directory)
    {
        if (directory.Id == RootId)
        {
            return new ExFatDirectory(_volume.RootCluster, false, DirectoryReader.MaximumBytes);
        }

        var file = GetFile(directory.Id);
        return file.IsDirectory ? new ExFatDirectory(file.Cluster, file.IsContiguous, SizeOf(file)) : throw ExFatVolume.Corrupt(null, $"the file '{file.Name}' is read as a directory");
    }

    private long SizeOf(ExFatFile file) => file.Size <= (ulong)(_volume.ClusterCount * _volume.ClusterSize)
        ? (long)file.Size
        : throw ExFatVolume.Corrupt(null, $"the file '{file.Name}' has {file.Size} bytes, more than the volume");

    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in ReadDirectory(directory))
        {
            names.TryAdd(entry.Name, entry);
        }

        return names;
    }
}

/// <summary>Numbers of nodes: the first cluster of the directory, whether its clusters follow each other, and the number of the file's first entry.</summary>
internal static class ExFatNodeId
{
    private const ulong ContiguousFlag = 1UL << 31;

    public static ulong Of(ExFatDirectory directory, int index) => (ulong)directory.Cluster << 32 | (directory.IsContiguous ? ContiguousFlag : 0) | (uint)index;

    public static uint ClusterOf(ulong id) => (uint)(id >> 32);

    public static bool IsContiguous(ulong id) => (id & ContiguousFlag) != 0;

    public static int IndexOf(ulong id) => (int)(id & (ContiguousFlag - 1));
}
