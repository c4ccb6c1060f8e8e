namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>The pages of a <see cref="PageCache"/> by index, in order of use. Guarded by the cache's lock.</summary>
/// <param name="capacity">Most pages kept; exceeded only while more than this many are under way at readers' demand.</param>
internal sealed class PageTable(int capacity)
{
    private readonly Dictionary<long, LinkedListNode<Page>> _nodes = [];
    private readonly LinkedList<Page> _order = new();
    private int _underWay;

    public int Capacity => capacity;

    /// <summary>Prefetching stops where it would push out of memory what was just prefetched.</summary>
    public bool HasRoomToPrefetch(int count) => _underWay + count <= capacity / 2;

    /// <summary>The page, which becomes the most recently used one; null where it is missing.</summary>
    public Page? TryTouch(long index)
    {
        if (!_nodes.TryGetValue(index, out var node))
        {
            return null;
        }

        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value;
    }

    public void AddUnderWay(Page page)
    {
        _nodes[page.Index] = _order.AddFirst(page);
        _underWay++;
        for (var node = _order.Last; _nodes.Count > capacity && node is not null;)
        {
            var before = node.Previous;
            if (node.Value.Bytes is not null)
            {
                _nodes.Remove(node.Value.Index);
                _order.Remove(node);
            }

            node = before;
        }
    }

    public void Complete(long index, byte[] bytes)
    {
        _nodes[index].Value.Bytes = bytes;
        _underWay--;
    }

    public void RemoveUnderWay(long index)
    {
        if (_nodes.Remove(index, out var node))
        {
            _order.Remove(node);
            _underWay--;
        }
    }
}
