namespace Orchestration.Engine.Bench;

/// <summary>Where and how a store is kept.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Folder">Gets a folder for each scenario, removed afterwards.</param>
/// <param name="IsSynced">Whether every commit is synced to disk.</param>
internal sealed record Place(string Name, string Folder, bool IsSynced);

/// <summary>Something to measure.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">What it does.</param>
/// <param name="Run">Does it, at a scale, and gives its figures.</param>
internal sealed record Scenario(string Key, string Title, Func<Place, double, Task<string>> Run);

internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("cities", "HelloCities5 (five sequential activities), 20,000 at concurrency 200", (place, scale) => Throughput.CitiesAsync(place, scale, warm: 0)),
        new("warm", "The same, orchestrators kept warm", (place, scale) => Throughput.CitiesAsync(place, scale, warm: 10_000)),
        new("fanout", "Fan-out, 10 × 1,000 activities", Throughput.FanOutAsync),
        new("sequence", "1,000 sequential activities of one instance: replayed, and warm", Throughput.SequenceAsync),
        new("signals", "20,000 signals to 100 entities", Throughput.SignalsAsync),
        new("start", "From the client's call to the orchestrator's first line, alone, 1,000 times", Latency.ToFirstLineAsync),
        new("trip", "Start to end of one activity, alone, 1,000 times (three commits)", Latency.RoundTripAsync),
        new("generations", "One instance continues as new 10,000 times", Memory.GenerationsAsync),
        new("idle", "100,000 instances that wait for an event, then a restart", Memory.IdleAsync),
        new("million", "1,000,000 completed instances in the store", Memory.MillionAsync),
    ];
}
