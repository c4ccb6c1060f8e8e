using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Log;

/// <summary>Items that stand in place of those of a tree, or that it no longer has. Safe for concurrent readers once nothing is added any more.</summary>
internal sealed class LoggedItems
{
    private readonly SortedSet<BtrfsKey> _keys = [];
    private readonly Dictionary<BtrfsKey, TreeItem?> _items = [];

    /// <summary>Whether the item was changed; <paramref name="item"/> is null where it was removed.</summary>
    public bool TryGet(BtrfsKey key, out TreeItem? item) => _items.TryGetValue(key, out item);

    public void Set(TreeItem item) => Set(item.Key, item);

    public void Remove(BtrfsKey key) => Set(key, null);

    /// <summary>The items of one key to another, both included, in order.</summary>
    public IEnumerable<TreeItem> Read(BtrfsKey first, BtrfsKey last) => first > last ? [] : _keys.GetViewBetween(first, last).Select(key => _items[key]).OfType<TreeItem>();

    /// <summary>The last item before a key.</summary>
    public TreeItem? FindBefore(BtrfsKey key)
    {
        foreach (var before in _keys.GetViewBetween(default, key).Reverse())
        {
            if (before < key && _items[before] is { } item)
            {
                return item;
            }
        }

        return null;
    }

    private void Set(BtrfsKey key, TreeItem? item)
    {
        _keys.Add(key);
        _items[key] = item;
    }
}
