using System.Diagnostics;

namespace Orchestration.DiskImages.Bench;

/// <summary>What the fastest of several runs took.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="Processor">Seconds of processor time of this process and of those that it started.</param>
internal readonly record struct Best(double Seconds, double Processor)
{
    /// <summary>Runs the action so often.</summary>
    public static Best Of(int runs, Action action)
    {
        var best = new Best(double.MaxValue, 0);
        for (var run = 0; run < runs; run++)
        {
            var before = ProcessorTime.Now;
            var clock = Stopwatch.StartNew();
            action();
            if (clock.Elapsed.TotalSeconds < best.Seconds)
            {
                best = new Best(clock.Elapsed.TotalSeconds, ProcessorTime.Now - before);
            }
        }

        return best;
    }
}
