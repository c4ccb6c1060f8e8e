namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>A bound of what several caches hold together: of all their values the least recently used ones go first, whosever they are. Thread-safe.</summary>
/// <param name="capacity">
/// Most bytes held. Exceeded only by pages that readers wait for, and by a last value that is larger on its own.
/// </param>
public sealed class CacheMemory(long capacity)
{
    private readonly LinkedList<CachedValue> _order = new();
    private long _held;
    private long _pinned;

    /// <summary>256 MiB, which all page caches of this process share that were given no other.</summary>
    public static CacheMemory OfProcess { get; } = new(256 * 1024 * 1024);

    /// <summary>Most bytes held.</summary>
    public long Capacity => capacity;

    /// <summary>Bytes held now, those under way among them.</summary>
    public long Held
    {
        get
        {
            lock (Gate)
            {
                return _held;
            }
        }
    }

    /// <summary>The one lock of the caches that share this memory, within which they call the rest.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Whether as much can be pinned while half is left to what is not.</summary>
    internal bool HasRoomToPin(long weight) => _pinned + weight <= capacity / 2;

    /// <summary>Adds the value as the most recently used one, and drops others until all fit.</summary>
    internal void Add(CachedValue value)
    {
        _order.AddFirst(value.Place);
        _held += value.Weight;
        _pinned += value.IsPinned ? value.Weight : 0;
        for (var place = _order.Last; _held > capacity && place is not null && place != value.Place;)
        {
            var before = place.Previous;
            if (!place.Value.IsPinned)
            {
                Remove(place.Value);
                place.Value.Drop();
            }

            place = before;
        }
    }

    internal void Touch(CachedValue value)
    {
        _order.Remove(value.Place);
        _order.AddFirst(value.Place);
    }

    internal void Unpin(CachedValue value)
    {
        value.IsPinned = false;
        _pinned -= value.Weight;
    }

    internal void Remove(CachedValue value)
    {
        _order.Remove(value.Place);
        _held -= value.Weight;
        _pinned -= value.IsPinned ? value.Weight : 0;
    }
}

/// <summary>A value in a <see cref="CacheMemory"/>. Guarded by its lock.</summary>
internal abstract class CachedValue
{
    protected CachedValue(long weight)
    {
        Weight = weight;
        Place = new LinkedListNode<CachedValue>(this);
    }

    public long Weight { get; }

    /// <summary>Its place in the order of use.</summary>
    public LinkedListNode<CachedValue> Place { get; }

    /// <summary>Not to be dropped, because somebody waits for it.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Takes the value out of its cache, since the memory holds it no longer.</summary>
    public abstract void Drop();
}
