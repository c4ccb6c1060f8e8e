namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>The pages of a <see cref="PageCache"/> by index, in order of use. Guarded by the lock of the memory.</summary>
/// <param name="memory">What holds the pages of this and other tables.</param>
/// <param name="pageSize">Bytes in a page.</param>
/// <param name="capacity">Most pages kept; exceeded only while more than this many are under way at readers' demand.</param>
internal sealed class PageTable(CacheMemory memory, int pageSize, int capacity)
{
    private readonly Dictionary<long, LinkedListNode<Page>> _nodes = [];
    private readonly LinkedList<Page> _order = new();
    private int _underWay;
    private bool _isClosed;

    public int Capacity => capacity;

    /// <summary>Prefetching stops where it would push out of memory what was just prefetched.</summary>
    public bool HasRoomToPrefetch(int count) => _underWay + count <= capacity / 2 && memory.HasRoomToPin((long)count * pageSize);

    /// <summary>The page, which becomes the most recently used one; null where it is missing.</summary>
    public Page? TryTouch(long index)
    {
        if (!_nodes.TryGetValue(index, out var node))
        {
            return null;
        }

        _order.Remove(node);
        _order.AddFirst(node);
        memory.Touch(node.Value);
        return node.Value;
    }

    /// <summary>A new page that the request brings; others go where there is no room for it.</summary>
    public Page AddUnderWay(long index, Fetch fetch)
    {
        var page = new Page(this, index, pageSize, fetch);
        _nodes[index] = _order.AddFirst(page);
        _underWay++;
        memory.Add(page);
        for (var node = _order.Last; _nodes.Count > capacity && node is not null;)
        {
            var before = node.Previous;
            if (!node.Value.IsPinned)
            {
                memory.Remove(node.Value);
                Forget(node.Value);
            }

            node = before;
        }

        return page;
    }

    public void Complete(long index, byte[] bytes)
    {
        var page = _nodes[index].Value;
        page.Bytes = bytes;
        _underWay--;
        memory.Unpin(page);
        if (_isClosed)
        {
            memory.Remove(page);
            Forget(page);
        }
    }

    public void RemoveUnderWay(long index)
    {
        if (_nodes.TryGetValue(index, out var node) && node.Value.IsPinned)
        {
            _underWay--;
            memory.Remove(node.Value);
            Forget(node.Value);
        }
    }

    /// <summary>Takes a page, which the memory holds no longer, out of the table.</summary>
    public void Forget(Page page)
    {
        if (_nodes.Remove(page.Index, out var node))
        {
            _order.Remove(node);
        }
    }

    /// <summary>Gives the memory back: at once what is present, and what is under way when it has come. False where that was done before.</summary>
    public bool TryClose()
    {
        if (_isClosed)
        {
            return false;
        }

        _isClosed = true;
        foreach (var page in _order.Where(page => !page.IsPinned).ToList())
        {
            memory.Remove(page);
            Forget(page);
        }

        return true;
    }
}
