using Microsoft.DurableTask.Entities;

namespace Orchestration.Engine.Bench;

/// <summary>How much is done in a second.</summary>
internal static class Throughput
{
    private const int Concurrency = 200;

    public static async Task<string> CitiesAsync(Place place, double scale, int warm)
    {
        await using BenchHost host = await BenchHost.StartAsync(place, warm);
        int count = (int)(20_000 * scale);
        await BenchHost.ManyAsync(Math.Min(2_000, count), Concurrency, _ => host.RunAsync("HelloCities5"));
        return Report.PerSecond(count, await BenchHost.ManyAsync(count, Concurrency, _ => host.RunAsync("HelloCities5")), "orchestrations");
    }

    public static async Task<string> FanOutAsync(Place place, double scale)
    {
        const int Width = 1_000;
        await using BenchHost host = await BenchHost.StartAsync(place);
        int count = Math.Max(1, (int)(10 * scale));
        await host.RunAsync("FanOut", Width);
        return Report.PerSecond(count * Width, await BenchHost.ManyAsync(count, count, _ => host.RunAsync("FanOut", Width)), "activities");
    }

    public static async Task<string> SequenceAsync(Place place, double scale)
    {
        int length = (int)(1_000 * scale);
        return $"{await SequenceAsync(place, length, warm: 0)}; warm {await SequenceAsync(place, length, warm: 100)}";
    }

    public static async Task<string> SignalsAsync(Place place, double scale)
    {
        const int Entities = 100;
        await using BenchHost host = await BenchHost.StartAsync(place);
        int count = (int)(20_000 * scale) / Entities * Entities;
        Func<Elapsed> elapsed = Elapsed.Begin();
        await BenchHost.ManyAsync(count, Concurrency, i => host.Client.Entities.SignalEntityAsync(Id(i % Entities), "add", 1));
        for (int entity = 0; entity < Entities; entity++)
        {
            // The signal was stored before; only the last operations may still have to run.
            while ((await host.Client.Entities.GetEntityAsync<int>(Id(entity)))?.State != count / Entities)
            {
                await Task.Delay(1);
            }
        }

        return Report.PerSecond(count, elapsed(), "signals");

        static EntityInstanceId Id(int number) => new("counter", $"{number}");
    }

    private static async Task<string> SequenceAsync(Place place, int length, int warm)
    {
        await using BenchHost host = await BenchHost.StartAsync(place, warm);
        await host.RunAsync("Sequence", 20);
        return Report.PerSecond(length, await BenchHost.ManyAsync(1, 1, _ => host.RunAsync("Sequence", length)), "activities");
    }
}
