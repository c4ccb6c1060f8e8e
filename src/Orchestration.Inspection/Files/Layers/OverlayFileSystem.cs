using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files.Layers;

/// <summary>
/// Several trees of files as one, as Linux' overlayfs stacks them: of files the topmost is seen, directories are merged, and what a higher
/// layer deleted is gone (Documentation/filesystems/overlayfs.rst). Safe for concurrent use.
/// </summary>
/// <param name="layers">At least one, the topmost first.</param>
internal sealed class OverlayFileSystem(IReadOnlyList<IFileSystem> layers) : IFileSystem
{
    private const string Opaque = "trusted.overlay.opaque";

    private readonly Lock _gate = new();
    private readonly List<Part[]> _objects = [];
    private readonly Dictionary<Part, ulong> _ids = [];

    public FileSystemIdentity Identity => layers[0].Identity;

    public IReadOnlyList<string> Warnings => [.. layers.SelectMany(layer => layer.Warnings)];

    public FileNode Root => GetNode(Register([.. layers.Select((layer, index) => new Part(index, layer.Root.Id))]));

    public FileNode GetNode(ulong id)
    {
        var top = Parts(id)[0];
        return layers[top.Layer].GetNode(top.Id) with { Id = id };
    }

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) =>
    [
        .. from found in Visible(directory.Id)
           from entry in layers[found.Layer].ReadDirectory(found.Node).Select(entry => (found.Layer, Entry: entry))
           group entry by entry.Entry.Name into same
           select Merge(same.Key, [.. same]) into merged
           where merged is not null
           select merged,
    ];

    public DirectoryEntry? Lookup(FileNode directory, string name)
    {
        var found = from visible in Visible(directory.Id)
                    let entry = layers[visible.Layer].Lookup(visible.Node, name)
                    where entry is not null
                    select (visible.Layer, entry);
        return Merge(name, [.. found]);
    }

    public string ReadLink(FileNode link) => At(link.Id, (layer, node) => layer.ReadLink(node));

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        var top = Parts(file.Id)[0];
        return layers[top.Layer].Read(file with { Id = top.Id }, offset, buffer);
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => At(node.Id, (layer, own) => layer.ReadAttributes(own));

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids)
    {
        foreach (var group in ids.SelectMany(Parts).GroupBy(part => part.Layer, part => part.Id))
        {
            layers[group.Key].PrefetchNodes([.. group]);
        }
    }

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        foreach (var group in nodes.SelectMany(node => Parts(node.Id)).GroupBy(part => part.Layer, part => part.Id))
        {
            layers[group.Key].PrefetchContents([.. group.Select(layers[group.Key].GetNode)], maximumBytes);
        }
    }

    /// <summary>The directories that one shows, down to the first that hides those below it.</summary>
    private IEnumerable<(int Layer, FileNode Node)> Visible(ulong id)
    {
        var parts = Parts(id);
        foreach (var part in parts)
        {
            var node = layers[part.Layer].GetNode(part.Id);
            yield return (part.Layer, node);
            if (part != parts[^1] && layers[part.Layer].ReadAttributes(node).TryGetValue(Opaque, out var value) && value is [(byte)'y'])
            {
                yield break;
            }
        }
    }

    /// <param name="name">Of one entry.</param>
    /// <param name="found">Where it is, the topmost layer first.</param>
    private DirectoryEntry? Merge(string name, IReadOnlyList<(int Layer, DirectoryEntry Entry)> found)
    {
        var parts = new List<Part>();
        var seen = FileKind.Unknown;
        foreach (var (layer, entry) in found)
        {
            var kind = entry.Kind == FileKind.Unknown ? layers[layer].GetNode(entry.NodeId).Kind : entry.Kind;
            if (parts.Count > 0 && kind != FileKind.Directory)
            {
                break;
            }

            // A deleted name is kept as a character device without a number; /etc and /usr, which are laid over one another, have no others.
            if (kind == FileKind.CharacterDevice)
            {
                break;
            }

            seen = kind;
            parts.Add(new Part(layer, entry.NodeId));
            if (kind != FileKind.Directory)
            {
                break;
            }
        }

        return parts.Count == 0 ? null : new DirectoryEntry(name, Register([.. parts]), seen);
    }

    private T At<T>(ulong id, Func<IFileSystem, FileNode, T> read)
    {
        var top = Parts(id)[0];
        return read(layers[top.Layer], layers[top.Layer].GetNode(top.Id));
    }

    private Part[] Parts(ulong id)
    {
        lock (_gate)
        {
            return _objects[(int)id];
        }
    }

    // What is on top tells an object apart: a directory has one parent, and so always the same directories under it.
    private ulong Register(Part[] parts)
    {
        lock (_gate)
        {
            if (!_ids.TryGetValue(parts[0], out var id))
            {
                _ids[parts[0]] = id = (ulong)_objects.Count;
                _objects.Add(parts);
            }

            return id;
        }
    }

    private readonly record struct Part(int Layer, ulong Id);
}
