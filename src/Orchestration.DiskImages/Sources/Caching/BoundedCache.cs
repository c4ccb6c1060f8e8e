using System.Diagnostics.CodeAnalysis;

namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Keeps the most recently used values, up to a total weight of them; the last one used is kept whatever it weighs. Thread-safe.</summary>
internal sealed class BoundedCache<TKey, TValue>
    where TKey : notnull
{
    // Of a key, a node and a header: without it, values without bytes would be kept without bound.
    private const int BytesBesideValue = 256;

    private readonly CacheMemory _memory;
    private readonly Func<TValue, long> _weigh;
    private readonly Dictionary<TKey, Entry> _entries = [];

    /// <param name="capacity">Most weight kept.</param>
    /// <param name="weigh">The weight of a value, its bytes where these are what matters; null counts values.</param>
    public BoundedCache(long capacity, Func<TValue, long>? weigh = null)
    {
        _memory = new CacheMemory(capacity);
        _weigh = weigh ?? (static _ => 1);
    }

    /// <param name="memory">What bounds this cache and others together.</param>
    /// <param name="countBytes">The bytes of a value.</param>
    public BoundedCache(CacheMemory memory, Func<TValue, long> countBytes)
    {
        _memory = memory;
        _weigh = value => countBytes(value) + BytesBesideValue;
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_memory.Gate)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                _memory.Touch(entry);
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        lock (_memory.Gate)
        {
            if (_entries.Remove(key, out var present))
            {
                _memory.Remove(present);
            }

            _memory.Add(_entries[key] = new Entry(_entries, key, value, _weigh(value)));
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

    private sealed class Entry(Dictionary<TKey, Entry> entries, TKey key, TValue value, long weight) : CachedValue(weight)
    {
        public TValue Value => value;

        public override void Drop() => entries.Remove(key);
    }
}
