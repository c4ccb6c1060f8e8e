using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime;

namespace Orchestration.Engine.Bench;

/// <summary>A plain host with the bench's tasks, on a store in a folder of its own.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly string? _ownFolder;

    private BenchHost(IHost host, string? ownFolder)
    {
        _host = host;
        _ownFolder = ownFolder;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    public DurableTaskClient Client { get; }

    /// <summary>When the first line of the orchestrator "Single" last ran, in ticks of the stopwatch.</summary>
    public static long FirstLine { get; private set; }

    /// <param name="place">Where the store is.</param>
    /// <param name="warm">Orchestrators kept warm.</param>
    /// <param name="folder">A folder to go on with; null: a new one, which goes with the host.</param>
    public static async Task<BenchHost> StartAsync(Place place, int warm = 0, string? folder = null)
    {
        string? own = folder is null ? NewFolder(place) : null;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEmbeddedDurableEngine(options =>
        {
            options.StorePath = StoreIn(folder ?? own ?? string.Empty);
            options.SyncToDisk = place.IsSynced;
            options.WarmOrchestrators = warm;
        });
        builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(AddTasks));
        builder.Services.AddDurableTaskClient();
        IHost host = builder.Build();
        await host.StartAsync();
        return new BenchHost(host, own);
    }

    public static string NewFolder(Place place) => Directory.CreateDirectory(Path.Combine(place.Folder, $"engine-bench-{Guid.NewGuid():N}")).FullName;

    public static string StoreIn(string folder) => Path.Combine(folder, "bench.db");

    /// <summary>Runs an orchestration to its end.</summary>
    public async Task RunAsync(string orchestrator, object? input = null)
    {
        string instanceId = await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, CancellationToken.None);
        OrchestrationMetadata ended = await Client.WaitForInstanceCompletionAsync(instanceId);
        if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException($"{ended}");
        }
    }

    /// <summary>Does something so many times, so many at once.</summary>
    public static async Task<Elapsed> ManyAsync(int count, int concurrency, Func<int, Task> action)
    {
        Func<Elapsed> elapsed = Elapsed.Begin();
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await action(i);
            }
        }));
        return elapsed();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        if (_ownFolder is not null)
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }

    private static void AddTasks(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("HelloCities5", async context =>
        {
            var greetings = new List<string>();
            foreach (string city in new[] { "Tokyo", "Seattle", "London", "Amsterdam", "Seoul" })
            {
                greetings.Add(await context.CallActivityAsync<string>("SayHello", city));
            }

            return greetings;
        })
        .AddOrchestratorFunc<int, int>("FanOut", async (context, width) =>
            (await Task.WhenAll(Enumerable.Range(0, width).Select(_ => context.CallActivityAsync<string>("SayHello", "all")))).Length)
        .AddOrchestratorFunc<int, int>("Sequence", async (context, length) =>
        {
            int done = 0;
            while (done < length)
            {
                await context.CallActivityAsync<string>("SayHello", "next");
                done++;
            }

            return done;
        })
        .AddOrchestratorFunc("Single", context =>
        {
            if (!context.IsReplaying)
            {
                FirstLine = Stopwatch.GetTimestamp();
            }

            return context.CallActivityAsync<string>("SayHello", "one");
        })
        .AddOrchestratorFunc<int, int>("Generations", (context, left) =>
        {
            if (left > 1)
            {
                context.ContinueAsNew(left - 1);
            }

            return left;
        })
        .AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<int>("go"))
        .AddActivityFunc("SayHello", (TaskActivityContext _, string city) => $"Hello, {city}!")
        .AddEntity<Counter>("counter");

    private sealed class Counter : TaskEntity<int>
    {
        public void Add(int amount) => State += amount;
    }
}
