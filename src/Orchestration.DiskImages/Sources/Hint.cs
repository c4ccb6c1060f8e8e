namespace Orchestration.DiskImages.Sources;

/// <summary>Saying in advance what will be read.</summary>
internal static class Hint
{
    private const long MostBytesOfAFile = 32 * 1024 * 1024;

    /// <summary>How many bytes of one file are fetched in advance, of as many as the caller wants.</summary>
    public static long Limit(long wanted) => Math.Clamp(wanted, 0, MostBytesOfAFile);

    /// <summary>Gives a hint, which never fails for damage: the read that follows meets the same and says so.</summary>
    public static void Give(Action hint)
    {
        try
        {
            hint();
        }
        catch (DiskImageException)
        {
            // Told by the read.
        }
    }
}
