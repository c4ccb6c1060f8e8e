namespace Orchestration.DiskImages.Sources.Caching;

/// <summary>Recognises sequential readers and says what to fetch before they ask. Guarded by the lock of the cache.</summary>
/// <param name="maximumPages">Longest distance ahead.</param>
internal sealed class ReadAhead(int maximumPages)
{
    private const int FollowedReaders = 8;

    private struct Reader
    {
        public long LastPage;
        public long RequestedEnd;
        public int Distance;
    }

    private readonly Reader[] _readers = new Reader[FollowedReaders];
    private int _oldest;

    /// <summary>The pages to fetch ahead, after a read of the given ones; Count is zero where there are none.</summary>
    public (long First, int Count) Next(long first, long last)
    {
        foreach (ref var reader in _readers.AsSpan())
        {
            if (reader.RequestedEnd > 0 && first >= reader.LastPage && first <= reader.LastPage + 1)
            {
                return Advance(ref reader, last);
            }
        }

        _readers[_oldest] = new Reader { LastPage = last, RequestedEnd = last + 1 };
        _oldest = (_oldest + 1) % FollowedReaders;
        return (0, 0);
    }

    // The next stretch is asked for when half of the last one has been read, so that requests stay few and the reader never waits.
    private (long First, int Count) Advance(ref Reader reader, long last)
    {
        if (last <= reader.LastPage)
        {
            return (0, 0);
        }

        reader.LastPage = last;
        reader.RequestedEnd = Math.Max(reader.RequestedEnd, last + 1);
        if (reader.RequestedEnd - (last + 1) > reader.Distance / 2)
        {
            return (0, 0);
        }

        reader.Distance = Math.Min(maximumPages, Math.Max(1, reader.Distance * 2));
        var from = reader.RequestedEnd;
        reader.RequestedEnd = Math.Max(from, last + 1 + reader.Distance);
        return (from, (int)(reader.RequestedEnd - from));
    }
}
