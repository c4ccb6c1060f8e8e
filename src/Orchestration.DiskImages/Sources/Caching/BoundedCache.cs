using System.Diagnostics.CodeAnalysis;

namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Keeps the most recently used values, up to a number of them. Thread-safe.</summary>
/// <param name="capacity">Most values kept; at least one.</param>
internal sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                value = node.Value.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_nodes.Remove(key, out var present))
            {
                _order.Remove(present);
            }
            else if (_nodes.Count >= capacity && _order.Last is { } oldest)
            {
                _nodes.Remove(oldest.Value.Key);
                _order.RemoveLast();
            }

            _nodes[key] = _order.AddFirst((key, value));
        }
    }

    /// <summary>The value kept, or the one that <paramref name="create"/> makes. Threads that miss together may each make one.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        if (!TryGet(key, out var value))
        {
            value = create(key);
            Set(key, value);
        }

        return value;
    }
}
