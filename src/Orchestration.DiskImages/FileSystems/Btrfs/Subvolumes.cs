using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Orchestration.DiskImages.FileSystems.Btrfs.Files;
using Orchestration.DiskImages.FileSystems.Btrfs.Log;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>A tree of files within the file system: the top level, a subvolume or a snapshot.</summary>
/// <param name="Id">Number of its tree.</param>
/// <param name="Index">Its number in this reader, a part of node ids.</param>
/// <param name="RootDirectory">Inode number of its root.</param>
/// <param name="Tree">Its items.</param>
internal sealed record Subvolume(ulong Id, int Index, ulong RootDirectory, BtrfsTree Tree);

/// <summary>The trees of files and how they hang together, from the tree of tree roots. Thread-safe.</summary>
internal sealed class Subvolumes(BtrfsVolume volume)
{
    public const ulong TopLevel = 5;

    private const ulong ChecksumTree = 7;

    private const int RootItemLength = 239;
    private const int MaximumDepth = 64;
    private const int MaximumCount = ushort.MaxValue;

    private readonly BtrfsTree _roots = new(volume, volume.Superblock.RootTree);
    private readonly Dictionary<ulong, TreeRoot> _logs = ReadLogs(volume);
    private readonly ConcurrentDictionary<ulong, Subvolume> _opened = new();
    private readonly List<Subvolume> _byIndex = [];
    private readonly Lock _gate = new();

    /// <summary>The one that is mounted where none is named.</summary>
    public Subvolume Default => Get(ReadDefault());

    /// <exception cref="DiskImageException">There is no such tree, or it is being deleted.</exception>
    public Subvolume Get(ulong id) => _opened.GetOrAdd(id, Open);

    public Subvolume GetByIndex(int index)
    {
        lock (_gate)
        {
            return index < _byIndex.Count ? _byIndex[index] : throw BtrfsVolume.Corrupt(null, $"a node of subvolume {index} is asked for, which was not opened");
        }
    }

    /// <summary>
    /// Whether the subvolume really hangs there. A snapshot keeps the entries of subvolumes below its original, which are not below it.
    /// </summary>
    public bool IsBelow(ulong parent, ulong directory, ulong child)
    {
        var item = _roots.Find(new BtrfsKey(parent, ItemType.RootReference, child));
        return item is { } reference && BinaryPrimitives.ReadUInt64LittleEndian(reference.RequireLength(18).Span) == directory;
    }

    /// <summary>The checksums of data: those that were only logged, then those committed.</summary>
    public DataChecksums Checksums => new(volume, [.. _logs.Values.Cast<TreeRoot?>().Append(FindRoot(ChecksumTree)).OfType<TreeRoot>().Select(root => new BtrfsTree(volume, root))]);

    /// <summary>The root of a tree, by its item in the tree of tree roots; null where there is none.</summary>
    public TreeRoot? FindRoot(ulong id) => FindRootItem(id) is { } item ? ToRoot(item) : null;

    /// <summary>Ids and names of all subvolumes and snapshots below others, with the directories that they hang in.</summary>
    public IEnumerable<(ulong Parent, ulong Directory, ulong Child, string Name)> ReadReferences()
    {
        foreach (var item in _roots.Read(new BtrfsKey(TopLevel, 0, 0), BtrfsKey.Last).Where(item => item.Key.Type == ItemType.RootReference))
        {
            var bytes = item.RequireLength(18).Span;
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
            yield return (item.Key.Object, BinaryPrimitives.ReadUInt64LittleEndian(bytes), item.Key.Offset, Encoding.UTF8.GetString(item.RequireLength(18 + length).Span.Slice(18, length)));
        }
    }

    /// <summary>The paths of all subvolumes and snapshots, from the top level, each with its id.</summary>
    public IReadOnlyDictionary<string, ulong> ReadPaths(Func<Subvolume, ulong, string> directoryPath)
    {
        var references = new Dictionary<ulong, (ulong Parent, ulong Directory, string Name)>();
        foreach (var (parent, directory, child, name) in ReadReferences())
        {
            references.TryAdd(child, (parent, directory, name));
        }

        var paths = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var id in references.Keys)
        {
            var path = "";
            var at = id;
            for (var depth = 0; at != TopLevel && references.TryGetValue(at, out var reference) && depth < MaximumDepth; depth++)
            {
                path = $"/{directoryPath(Get(reference.Parent), reference.Directory)}{reference.Name}{path}";
                at = reference.Parent;
            }

            if (at == TopLevel)
            {
                paths[path] = id;
            }
        }

        return paths;
    }

    private ulong ReadDefault()
    {
        foreach (var item in _roots.Read(volume.Superblock.RootDirectory, ItemType.DirectoryItem))
        {
            foreach (var entry in NamedEntry.ReadAll(item))
            {
                if (entry.Name.Span.SequenceEqual("default"u8))
                {
                    return entry.Location.Object;
                }
            }
        }

        return TopLevel;
    }

    private Subvolume Open(ulong id)
    {
        var item = FindRootItem(id) ?? throw BtrfsVolume.Corrupt(null, $"subvolume {id} is referred to, but has no root");
        var directory = BinaryPrimitives.ReadUInt64LittleEndian(item.Span[168..]);
        lock (_gate)
        {
            if (_byIndex.Find(opened => opened.Id == id) is { } present)
            {
                return present;
            }

            if (_byIndex.Count == MaximumCount)
            {
                throw BtrfsVolume.LimitExceeded(null, $"more than {MaximumCount} subvolumes are read");
            }

            var subvolume = new Subvolume(id, _byIndex.Count, directory, OpenTree(id, ToRoot(item)));
            _byIndex.Add(subvolume);
            return subvolume;
        }
    }

    // A log that cannot be read leaves the subvolume as it was committed.
    private BtrfsTree OpenTree(ulong id, TreeRoot root)
    {
        if (_logs.TryGetValue(id, out var log))
        {
            try
            {
                return LogReplay.Apply(volume, root, log);
            }
            catch (DiskImageException exception) when (exception.Error is DiskImageError.Corrupt or DiskImageError.LimitExceeded)
            {
                volume.Warnings.Add($"what was synced to subvolume {id} after the last commit is not shown: {exception.Rule}");
            }
        }

        return new BtrfsTree(volume, root);
    }

    private static Dictionary<ulong, TreeRoot> ReadLogs(BtrfsVolume volume)
    {
        const ulong LogObject = unchecked((ulong)-6);
        var logs = new Dictionary<ulong, TreeRoot>();
        try
        {
            foreach (var item in volume.Superblock.LogTree is { } root ? new BtrfsTree(volume, root).Read(LogObject, ItemType.Root) : [])
            {
                logs[item.Key.Offset] = ToLogRoot(item.RequireLength(RootItemLength));
            }
        }
        catch (DiskImageException exception) when (exception.Error == DiskImageError.Corrupt)
        {
            volume.Warnings.Add($"what was synced after the last commit is not shown: {exception.Rule}");
        }

        return logs;
    }

    private TreeItem? FindRootItem(ulong id)
    {
        TreeItem? found = null;
        foreach (var item in _roots.Read(id, ItemType.Root))
        {
            found = item.RequireLength(RootItemLength);
        }

        return found;
    }

    private static TreeRoot ToRoot(TreeItem item) => BinaryPrimitives.ReadUInt32LittleEndian(item.Span[216..]) > 0
        ? ToLogRoot(item)
        : throw BtrfsVolume.Corrupt(item.At, $"tree {item.Key.Object} is being deleted");

    // Nothing refers to a log but the tree of logs, so that its references are not counted.
    private static TreeRoot ToLogRoot(TreeItem item)
    {
        var root = new TreeRoot(BinaryPrimitives.ReadUInt64LittleEndian(item.Span[176..]), BinaryPrimitives.ReadUInt64LittleEndian(item.Span[160..]), item.Span[238]);
        return root.Level < BtrfsVolume.MaximumLevels ? root : throw BtrfsVolume.Corrupt(item.At, $"tree {item.Key.Object} has {root.Level} levels");
    }
}
