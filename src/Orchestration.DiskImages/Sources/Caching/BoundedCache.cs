using System.Diagnostics.CodeAnalysis;

namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Keeps the most recently used values, up to a total weight of them; the last one used is kept whatever it weighs. Thread-safe.</summary>
/// <param name="capacity">Most weight kept.</param>
/// <param name="weigh">The weight of a value, its bytes where these are what matters; null counts values.</param>
internal sealed class BoundedCache<TKey, TValue>(long capacity, Func<TValue, long>? weigh = null)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
    private long _weight;

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
            if (_nodes.TryGetValue(key, out var present))
            {
                Remove(present);
            }

            _weight += Weigh(value);
            while (_weight > capacity && _order.Last is { } oldest)
            {
                Remove(oldest);
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

    private void Remove(LinkedListNode<(TKey Key, TValue Value)> node)
    {
        _nodes.Remove(node.Value.Key);
        _order.Remove(node);
        _weight -= Weigh(node.Value.Value);
    }

    private long Weigh(TValue value) => weigh?.Invoke(value) ?? 1;
}
