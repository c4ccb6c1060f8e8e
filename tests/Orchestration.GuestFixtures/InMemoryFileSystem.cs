using System.Text;
using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.GuestFixtures;

/// <summary>A file system made of objects, for guests described in a test. Counts what a reader on a network would pay for.</summary>
public sealed class InMemoryFileSystem : IFileSystem
{
    private readonly Dictionary<string, Exception> _damage = [];
    private readonly List<Item> _items = [new Item(FileKind.Directory, 0x1ED, 0, 0, [], "")];

    public FileSystemIdentity Identity { get; init; } = new("ext4", "6d9e4a3c-0000-4000-8000-000000000001", null, null);

    public IReadOnlyList<string> Warnings => [];

    public FileNode Root => GetNode(0);

    /// <summary>How often a batch of inodes or contents was announced.</summary>
    public int PrefetchCalls { get; private set; }

    /// <summary>Paths whose content is damaged: reading it fails as a corrupt extent tree would.</summary>
    public HashSet<string> DamagedPaths { get; } = [];

    /// <summary>Makes reading what is at the path fail in a way of its own.</summary>
    public void Damage(string path, Exception failure) => _damage[path] = failure;

    public void AddDirectory(string path, int mode, uint user, uint group) => Place(path, new Item(FileKind.Directory, mode, user, group, [], path));

    public void AddFile(string path, byte[] content, int mode, uint user, uint group) =>
        Place(path, new Item(FileKind.Regular, mode, user, group, content, path));

    public void AddLink(string path, string target) =>
        Place(path, new Item(FileKind.SymbolicLink, 0x1FF, 0, 0, Encoding.UTF8.GetBytes(target), path));

    public FileNode GetNode(ulong id)
    {
        var item = _items[(int)id];
        return new FileNode(id, item.Kind, item.Mode, item.User, item.Group, item.Content.Length, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
    }

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) =>
        [.. Find(directory).Children.Select(child => new DirectoryEntry(child.Key, child.Value, _items[(int)child.Value].Kind))];

    public DirectoryEntry? Lookup(FileNode directory, string name) =>
        Find(directory).Children.TryGetValue(name, out var id) ? new DirectoryEntry(name, id, _items[(int)id].Kind)
            : Identity.Type == "ntfs" ? ReadDirectory(directory).FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            : null;

    public string ReadLink(FileNode link) => Encoding.UTF8.GetString(Find(link).Content);

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        var content = Find(file).Content.AsSpan();
        var part = content[(int)Math.Min(offset, content.Length)..];
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => new Dictionary<string, byte[]>();

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) => PrefetchCalls += ids.Count > 0 ? 1 : 0;

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue) => PrefetchCalls += nodes.Count > 0 ? 1 : 0;

    private Item Find(FileNode node)
    {
        var item = _items[(int)node.Id];
        if (_damage.TryGetValue(item.Path, out var failure))
        {
            throw failure;
        }

        return DamagedPaths.Contains(item.Path)
            ? throw new DiskImageException(DiskImageError.Corrupt, "ext4", 4096, "expected extent magic 0xF30A, found 0x0000")
            : item;
    }

    private void Place(string path, Item item)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var directory = _items[0];
        foreach (var name in names[..^1])
        {
            if (!directory.Children.TryGetValue(name, out var id))
            {
                directory.Children[name] = id = Add(new Item(FileKind.Directory, 0x1ED, 0, 0, [], ""));
            }

            directory = _items[(int)id];
        }

        if (item.Kind == FileKind.Directory && directory.Children.TryGetValue(names[^1], out var existing))
        {
            item.Children = _items[(int)existing].Children;
            _items[(int)existing] = item;
            return;
        }

        directory.Children[names[^1]] = Add(item);
    }

    private ulong Add(Item item)
    {
        _items.Add(item);
        return (ulong)_items.Count - 1;
    }

    private sealed class Item(FileKind kind, int mode, uint user, uint group, byte[] content, string path)
    {
        public FileKind Kind => kind;

        public int Mode => mode;

        public uint User => user;

        public uint Group => group;

        public byte[] Content => content;

        public string Path => path;

        public Dictionary<string, ulong> Children { get; set; } = new(StringComparer.Ordinal);
    }
}
