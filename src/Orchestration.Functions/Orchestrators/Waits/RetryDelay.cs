namespace Orchestration.Functions.Orchestrators.Waits;

/// <summary>
/// The pause before another attempt: doubles from five seconds up to five minutes, and is shortened by up to a half by what looks like
/// chance, so that jobs that failed together do not come back together. The same attempt of the same job always gets the same pause.
/// </summary>
public static class RetryDelay
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="jobId">The job.</param>
    /// <param name="failures">Attempts that have failed, from 1.</param>
    public static TimeSpan After(string jobId, int failures)
    {
        var full = First.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(full, Longest.TotalSeconds) * (0.5 + (0.5 * Fraction(jobId, failures))));
    }

    /// <summary>From 0 to 1, by FNV-1a: the runtime's own hash codes differ from process to process.</summary>
    private static double Fraction(string jobId, int failures)
    {
        var hash = 2166136261u;
        foreach (var letter in $"{jobId}/{failures}")
        {
            hash = (hash ^ letter) * 16777619u;
        }

        // The low bits alone change with the last letter.
        return (hash ^ (hash >> 16)) % 1000 / 1000.0;
    }
}
