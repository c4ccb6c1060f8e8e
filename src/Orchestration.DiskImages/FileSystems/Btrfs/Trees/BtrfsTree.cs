using Orchestration.DiskImages.FileSystems.Btrfs.Log;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Trees;

/// <summary>A B-tree of items ordered by key. Thread-safe.</summary>
/// <param name="volume">The volume.</param>
/// <param name="root">Where it begins.</param>
/// <param name="logged">What stands in place of its items, or null.</param>
internal sealed class BtrfsTree(BtrfsVolume volume, TreeRoot root, LoggedItems? logged = null)
{
    private const int PrefetchedAtOnce = 128;

    /// <summary>The items from one key to another, both included, in order. Nodes are read as the enumeration reaches them.</summary>
    public IEnumerable<TreeItem> Read(BtrfsKey first, BtrfsKey last)
    {
        var stored = Read(root, first, last, isFromBefore: false, default, BtrfsKey.Last);
        return logged is null ? stored : Merge(stored, logged.Read(first, last));
    }

    /// <summary>As <see cref="Read(BtrfsKey, BtrfsKey)"/>, preceded by the item before <paramref name="first"/> where none has just that key.</summary>
    public IEnumerable<TreeItem> ReadFromBefore(BtrfsKey first, BtrfsKey last)
    {
        var stored = Read(root, first, last, isFromBefore: true, default, BtrfsKey.Last);
        return logged is null ? stored : Merge(stored, logged.FindBefore(first) is { } before ? logged.Read(first, last).Prepend(before) : logged.Read(first, last));
    }

    /// <summary>All items of one object and type.</summary>
    public IEnumerable<TreeItem> Read(ulong objectId, ItemType type) => Read(new BtrfsKey(objectId, type, 0), new BtrfsKey(objectId, type, ulong.MaxValue));

    public TreeItem? Find(BtrfsKey key)
    {
        foreach (var item in Read(key, key))
        {
            return item;
        }

        return null;
    }

    /// <summary>Asks for the leaves that hold the keys: one round trip a level, for all keys together.</summary>
    public void PrefetchLeaves(IEnumerable<BtrfsKey> keys)
    {
        var wanted = new List<(TreeRoot Node, BtrfsKey Key)>(keys.Select(key => (root, key)));
        for (var level = root.Level; level > 0 && wanted.Count > 0; level--)
        {
            var below = new List<(TreeRoot Node, BtrfsKey Key)>(wanted.Count);
            foreach (var (pointer, key) in wanted)
            {
                var node = volume.ReadNode(pointer);
                if (node.FindAtOrBefore(key) is >= 0 and var index)
                {
                    below.Add((node.ChildAt(index), key));
                }
            }

            wanted = below;
            volume.PrefetchNodes(wanted.Select(item => item.Node).Distinct());
        }
    }

    // Both are in order. Items that the log changed or removed are not taken from the tree.
    private IEnumerable<TreeItem> Merge(IEnumerable<TreeItem> stored, IEnumerable<TreeItem> changed)
    {
        using var other = changed.GetEnumerator();
        var hasOther = other.MoveNext();
        foreach (var item in stored)
        {
            if (logged?.TryGet(item.Key, out _) == true)
            {
                continue;
            }

            for (; hasOther && other.Current.Key < item.Key; hasOther = other.MoveNext())
            {
                yield return other.Current;
            }

            yield return item;
        }

        for (; hasOther; hasOther = other.MoveNext())
        {
            yield return other.Current;
        }
    }

    // Every node must keep to the keys that its parent gives it, so that no tree can be made to go on for ever.
    private IEnumerable<TreeItem> Read(TreeRoot pointer, BtrfsKey first, BtrfsKey last, bool isFromBefore, BtrfsKey lowest, BtrfsKey highest)
    {
        var node = volume.ReadNode(pointer);
        if (node.Count > 0 && (node.KeyAt(0) < lowest || node.KeyAt(node.Count - 1) > highest))
        {
            throw BtrfsVolume.Corrupt((long)pointer.Logical, "a node has keys that its parent does not give it");
        }

        var start = node.FindAtOrBefore(first);
        if (node.Level == 0)
        {
            var index = start >= 0 && (isFromBefore || node.KeyAt(start) == first) ? start : start + 1;
            for (; index < node.Count && node.KeyAt(index) <= last; index++)
            {
                yield return node.ItemAt(index);
            }

            yield break;
        }

        start = Math.Max(start, 0);
        var end = node.FindAtOrBefore(last);
        for (var index = start; index <= end; index++)
        {
            if ((index - start) % PrefetchedAtOnce == 0 && index < end)
            {
                volume.PrefetchNodes(Enumerable.Range(index, Math.Min(PrefetchedAtOnce, end - index + 1)).Select(node.ChildAt));
            }

            var childHighest = index + 1 < node.Count ? node.KeyAt(index + 1) : highest;
            foreach (var item in Read(node.ChildAt(index), first, last, isFromBefore, node.KeyAt(index), childHighest))
            {
                yield return item;
            }
        }
    }
}
