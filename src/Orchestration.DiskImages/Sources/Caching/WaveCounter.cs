namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Counts dependent round trips, as <see cref="ReadStatistics"/> defines them. Guarded by the lock of the cache.</summary>
internal sealed class WaveCounter
{
    private int _underWay;
    private bool _wasRead;

    public long Count { get; private set; }

    /// <summary>Counts a request and returns its wave.</summary>
    public long NoteRequest()
    {
        if (_underWay == 0 || _wasRead)
        {
            Count++;
            _wasRead = false;
        }

        _underWay++;
        return Count;
    }

    public void NoteFinished() => _underWay--;

    /// <summary>Bytes that a request of that wave brought have been read: later requests may follow from them.</summary>
    public void NoteRead(long wave) => _wasRead |= wave == Count;
}
