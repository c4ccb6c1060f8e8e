namespace Orchestration.Functions.Storage.Blobs;

/// <summary>
/// Names of append blobs that this process alone writes, each for up to an hour or so many uses. Safe for concurrent use.
/// </summary>
/// <param name="mostUses">Uses of a name: a block may be a single line, and an append blob takes 50,000 blocks.</param>
/// <param name="time">Tells when the hour is over.</param>
/// <param name="create">Makes a name of the moment of its first use and a word that is this process's own.</param>
public sealed class SegmentNames(int mostUses, TimeProvider time, Func<DateTimeOffset, string, string> create)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly string _process = Guid.NewGuid().ToString("N")[..8];
    private string? _name;
    private DateTimeOffset _begun;
    private DateTimeOffset _ends;
    private int _uses;

    /// <summary>The name for one more use.</summary>
    public string Next()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_name is null || now >= _ends || _uses == mostUses)
            {
                // Names sort by time: when the clock was set back, the present one goes on.
                if (_name is null || now > _begun)
                {
                    (_name, _begun) = (create(now, _process), now);
                }

                (_ends, _uses) = (now + Longest, 0);
            }

            _uses++;
            return _name;
        }
    }
}
