using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime;

// engine-bench [FOLDER] [ORCHESTRATIONS] [CONCURRENCY]: HelloCities5 (five sequential activities) with every commit synced, one fan-out,
// and the latency of one short orchestration at a time. FOLDER should be on the disk to be measured.
string folder = Directory.CreateDirectory(args.ElementAtOrDefault(0) ?? Path.Combine(Path.GetTempPath(), "engine-bench")).FullName;
int orchestrations = int.Parse(args.ElementAtOrDefault(1) ?? "5000", CultureInfo.InvariantCulture);
int concurrency = int.Parse(args.ElementAtOrDefault(2) ?? "200", CultureInfo.InvariantCulture);
string store = Path.Combine(folder, $"bench-{Environment.ProcessId}.db");

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddEmbeddedDurableEngine(options => options.StorePath = store);
builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(tasks => tasks
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
    .AddOrchestratorFunc("Single", context => context.CallActivityAsync<string>("SayHello", "one"))
    .AddActivityFunc("SayHello", (TaskActivityContext _, string city) => $"Hello, {city}!")));
builder.Services.AddDurableTaskClient();
using IHost host = builder.Build();
await host.StartAsync();
DurableTaskClient client = host.Services.GetRequiredService<DurableTaskClient>();

Console.WriteLine($"{Environment.ProcessorCount} cores, store {store}, synchronous=FULL");
await HelloCitiesAsync(Math.Min(1000, orchestrations));
TimeSpan elapsed = await HelloCitiesAsync(orchestrations);
Console.WriteLine($"HelloCities5: {orchestrations / elapsed.TotalSeconds:F0} orchestrations/s at concurrency {concurrency} ({elapsed.TotalSeconds:F2} s)");

const int Width = 1000;
const int FanOuts = 10;
long began = Stopwatch.GetTimestamp();
await Task.WhenAll(Enumerable.Range(0, FanOuts).Select(_ => RunAsync("FanOut", Width)));
Console.WriteLine($"FanOut: {Width * FanOuts / Stopwatch.GetElapsedTime(began).TotalSeconds:F0} activities/s ({FanOuts} × {Width})");

double[] latencies = new double[500];
for (int i = 0; i < latencies.Length; i++)
{
    began = Stopwatch.GetTimestamp();
    await RunAsync("Single", null);
    latencies[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
}

Array.Sort(latencies);
Console.WriteLine(
    $"Start to end of one activity, alone: p50 {latencies[250]:F2} ms, p95 {latencies[475]:F2} ms, p99 {latencies[495]:F2} ms (three synced commits)");
await host.StopAsync();

async Task<TimeSpan> HelloCitiesAsync(int count)
{
    long start = Stopwatch.GetTimestamp();
    int next = 0;
    await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
    {
        while (Interlocked.Increment(ref next) <= count)
        {
            await RunAsync("HelloCities5", null);
        }
    }));
    return Stopwatch.GetElapsedTime(start);
}

async Task RunAsync(string orchestrator, object? input)
{
    string instanceId = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, CancellationToken.None);
    OrchestrationMetadata ended = await client.WaitForInstanceCompletionAsync(instanceId);
    if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
    {
        throw new InvalidOperationException($"{ended}");
    }
}
