using System.Diagnostics;

namespace Orchestration.Engine.Bench;

/// <summary>How long one thing takes when nothing else goes on.</summary>
internal static class Latency
{
    public static Task<string> ToFirstLineAsync(Place place, double scale) =>
        MeasureAsync(place, scale, began => Stopwatch.GetElapsedTime(began, BenchHost.FirstLine));

    public static Task<string> RoundTripAsync(Place place, double scale) => MeasureAsync(place, scale, began => Stopwatch.GetElapsedTime(began));

    private static async Task<string> MeasureAsync(Place place, double scale, Func<long, TimeSpan> elapsedSince)
    {
        await using BenchHost host = await BenchHost.StartAsync(place);
        for (int i = 0; i < 200; i++)
        {
            await host.RunAsync("Single");
        }

        double[] milliseconds = new double[Math.Max(100, (int)(1_000 * scale))];
        for (int i = 0; i < milliseconds.Length; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await host.RunAsync("Single");
            milliseconds[i] = elapsedSince(began).TotalMilliseconds;
        }

        return Report.Percentiles(milliseconds);
    }
}
