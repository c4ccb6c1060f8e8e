using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestration.Engine.Bench;

/// <summary>What much that is stored, or has been, costs.</summary>
internal static class Memory
{
    public static async Task<string> GenerationsAsync(Place place, double scale)
    {
        await using BenchHost host = await BenchHost.StartAsync(place);
        int count = (int)(10_000 * scale);
        await host.RunAsync("Generations", count / 10);
        string before = Report.MemoryInUse();
        Elapsed elapsed = await BenchHost.ManyAsync(1, 1, _ => host.RunAsync("Generations", count));
        return $"{Report.PerSecond(count, elapsed, "generations")}, memory {before} before, {Report.MemoryInUse()} after";
    }

    public static async Task<string> IdleAsync(Place place, double scale)
    {
        string folder = BenchHost.NewFolder(place);
        try
        {
            int count = (int)(100_000 * scale);
            string running;
            await using (BenchHost host = await BenchHost.StartAsync(place, folder: folder))
            {
                await BenchHost.ManyAsync(count, 500, async i =>
                {
                    await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits", null, new StartOrchestrationOptions($"idle-{i}"));
                    await host.Client.WaitForInstanceStartAsync($"idle-{i}");
                });
                running = Report.MemoryInUse();
            }

            long began = Stopwatch.GetTimestamp();
            await using BenchHost again = await BenchHost.StartAsync(place, folder: folder);
            await again.RunAsync("Single");
            TimeSpan start = Stopwatch.GetElapsedTime(began);
            string idle = Report.MemoryInUse();
            began = Stopwatch.GetTimestamp();
            await again.Client.RaiseEventAsync("idle-0", "go", 1);
            await again.Client.WaitForInstanceCompletionAsync("idle-0");
            return $"memory {running}; after a restart of {Report.Milliseconds(start)} to the first finished orchestration {idle}; "
                + $"waking one {Report.Milliseconds(Stopwatch.GetElapsedTime(began))}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task<string> MillionAsync(Place place, double scale)
    {
        string folder = BenchHost.NewFolder(place);
        try
        {
            await using (BenchHost host = await BenchHost.StartAsync(place, folder: folder))
            {
                await host.RunAsync("HelloCities5");
            }

            Multiply(BenchHost.StoreIn(folder), (int)(1_000_000 * scale));
            long began = Stopwatch.GetTimestamp();
            await using BenchHost large = await BenchHost.StartAsync(place, folder: folder);
            await large.RunAsync("Single");
            TimeSpan start = Stopwatch.GetElapsedTime(began);
            string memory = Report.MemoryInUse();
            string recent = await PageAsync(large, new OrchestrationQuery(CreatedFrom: DateTimeOffset.UtcNow.AddMinutes(-1)));
            string running = await PageAsync(large, new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running]));
            string prefix = await PageAsync(large, new OrchestrationQuery(InstanceIdPrefix: "copy-4242"));
            string cities = Report.PerSecond(2_000, await BenchHost.ManyAsync(2_000, 200, _ => large.RunAsync("HelloCities5")), "HelloCities5");
            return $"start {Report.Milliseconds(start)}, memory {memory}; pages of 100: newest {recent}, running {running}, by prefix {prefix}; {cities}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> PageAsync(BenchHost host, OrchestrationQuery query)
    {
        long began = Stopwatch.GetTimestamp();
        await foreach (Page<OrchestrationMetadata> _ in host.Client.GetAllInstancesAsync(query).AsPages(pageSizeHint: 100))
        {
            break;
        }

        return Report.Milliseconds(Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Copies the one instance of a closed store, with its history, so that running a million need not be waited for.</summary>
    private static void Multiply(string store, int count)
    {
        using var connection = new SqliteConnection($"Data Source={store};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA synchronous = OFF;
            BEGIN;
            WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)
            INSERT INTO instances (key, instance_id, name, version, status, created_at, updated_at, completed_at, tags, custom_status, input, output)
            SELECT n, 'copy-' || n, name, version, status, created_at - 36000000000 + n, updated_at, completed_at, tags, custom_status, input, output
            FROM numbers, (SELECT * FROM instances WHERE key = 1);
            WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)
            INSERT INTO history (instance, turn, events) SELECT n, turn, events FROM numbers, (SELECT * FROM history WHERE instance = 1);
            COMMIT;
            """;
        command.Parameters.AddWithValue("$count", count);
        command.ExecuteNonQuery();
    }
}
