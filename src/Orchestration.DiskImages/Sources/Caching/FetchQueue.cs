using System.Diagnostics.CodeAnalysis;

namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Requests that wait for their turn. Guarded by the lock of the cache.</summary>
/// <param name="maximumConcurrency">Most requests under way, not counting those that a reader waits for.</param>
internal sealed class FetchQueue(int maximumConcurrency)
{
    private readonly Queue<Fetch> _waiting = new();
    private int _running;

    public void Enqueue(Fetch fetch) => _waiting.Enqueue(fetch);

    /// <summary>Whether the request is to be started now because a reader waits for it; false where it already is.</summary>
    public bool TryStartNow(Fetch fetch)
    {
        if (fetch.IsStarted)
        {
            return false;
        }

        fetch.IsStarted = true;
        _running++;
        return true;
    }

    public bool TryStartNext([NotNullWhen(true)] out Fetch? fetch)
    {
        while (_running < maximumConcurrency && _waiting.TryDequeue(out fetch))
        {
            if (TryStartNow(fetch))
            {
                return true;
            }
        }

        fetch = null;
        return false;
    }

    public void NoteFinished() => _running--;
}
