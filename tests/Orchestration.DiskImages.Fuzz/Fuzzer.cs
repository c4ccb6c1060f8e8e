using System.Diagnostics;
using System.Globalization;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>What went wrong with one damaged image.</summary>
/// <param name="Seed">The sound image.</param>
/// <param name="Number">Number of the damage.</param>
/// <param name="Problem">What happened.</param>
/// <param name="Bytes">The damaged image.</param>
public sealed record Failure(string Seed, int Number, string Problem, byte[] Bytes);

/// <summary>
/// Reads damaged images. Each must be read, or refused with a <see cref="DiskImageException"/>, within limits of time and memory.
/// </summary>
public sealed class Fuzzer(SeedImage seed)
{
    // Far more than any case takes on a machine that does nothing else: what is found here goes on without end.
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(30);
    private const long MostAllocated = 2L << 30;

    private readonly Mutator _mutator = new(seed);

    /// <summary>Reads the damaged image of that number; null where all was well.</summary>
    public Failure? Try(int number)
    {
        var bytes = _mutator.Mutate(number);
        return Describe(bytes) is { } problem ? new Failure(seed.Name, number, problem, bytes) : null;
    }

    /// <summary>Reads the image as it is. A sound one must be read without any exception of another kind, too.</summary>
    public string? Describe(byte[] bytes)
    {
        var stars = seed.Name.IndexOf('*', StringComparison.Ordinal);
        var disks = stars < 0 ? 1 : int.Parse(seed.Name.AsSpan(stars + 1), CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            WholeImage.Read(bytes, disks);
        }
        catch (DiskImageException)
        {
            // Refused by name, as it should be.
        }
#pragma warning disable CA1031 // Every other exception is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.ToString();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return clock.Elapsed > LongestCase ? $"took {clock.Elapsed}"
            : allocated > MostAllocated ? string.Create(CultureInfo.InvariantCulture, $"allocated {allocated} bytes")
            : null;
    }
}
