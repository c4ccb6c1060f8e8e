using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime;
using Orchestration.EmbeddedRuntime.CrashWorker;

// crash-worker FOLDER BATCH COUNT: runs what FOLDER/store.db has unfinished and starts COUNT more instances of each kind.
// With COUNT 0 it ends once everything has ended; otherwise it runs until it is killed.
string folder = args[0];
string batch = args[1];
int count = int.Parse(args[2], CultureInfo.InvariantCulture);

using var ranLog = new AppendedLog(Path.Combine(folder, "ran.log"));
using var acknowledgedLog = new AppendedLog(Path.Combine(folder, "acknowledged.log"));

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddEmbeddedDurableEngine(options =>
{
    options.StorePath = Path.Combine(folder, "store.db");
    options.PayloadThreshold = Workload.PayloadThreshold;
});
builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(tasks => Workload.Register(
    tasks, (instanceId, task) => ranLog.Write($"{instanceId} {task}"))));
builder.Services.AddDurableTaskClient();
using IHost host = builder.Build();
await host.StartAsync();
Console.WriteLine("running");
DurableTaskClient client = host.Services.GetRequiredService<DurableTaskClient>();

await Task.WhenAll(RaiseUnacknowledgedAsync(), StartBatchAsync());
if (count == 0)
{
    await foreach (OrchestrationMetadata instance in client.GetAllInstancesAsync())
    {
        await client.WaitForInstanceCompletionAsync(instance.InstanceId);
    }

    await EntityWorkload.IdleAsync(client.Entities);
    await host.StopAsync();
    Console.WriteLine("done");
}
else
{
    await Task.Delay(Timeout.Infinite);
}

Task StartBatchAsync() => Task.WhenAll(
    from number in Enumerable.Range(0, count)
    from kind in Workload.ExpectedOutputs.Keys.Where(kind => kind != "Child")
    select StartAsync(kind, $"{batch}-{kind}-{number}"));

async Task StartAsync(string kind, string instanceId)
{
    await client.ScheduleNewOrchestrationInstanceAsync(kind, Workload.InputOf(kind), new StartOrchestrationOptions(instanceId));
    switch (kind)
    {
        case "Events":
            await RaiseAsync(instanceId, []);
            break;
        case "Signals":
            await SignalAsync(instanceId);
            break;
    }
}

// Signals of the client itself, which may or may not have been stored when they were not acknowledged.
async Task SignalAsync(string instanceId)
{
    for (int mark = 0; mark < EntityWorkload.Marks; mark++)
    {
        await client.Entities.SignalEntityAsync(EntityWorkload.TallyOfClient(instanceId), nameof(Tally.Mark), mark);
        acknowledgedLog.Write($"{EntityWorkload.TallyOfClient(instanceId)} {mark}");
    }
}

// An event whose raising was acknowledged is never raised again: if it were lost, its instance would never end.
async Task RaiseUnacknowledgedAsync()
{
    HashSet<string> acknowledged = [.. acknowledgedLog.Lines];
    await foreach (OrchestrationMetadata instance in client.GetAllInstancesAsync())
    {
        if (instance is { Name: "Events", IsCompleted: false } && !instance.InstanceId.StartsWith(batch + '-', StringComparison.Ordinal))
        {
            await RaiseAsync(instance.InstanceId, acknowledged);
        }
    }
}

async Task RaiseAsync(string instanceId, HashSet<string> acknowledged)
{
    for (int i = 0; i < Workload.Events; i++)
    {
        string line = $"{instanceId} {i}";
        if (!acknowledged.Contains(line))
        {
            await client.RaiseEventAsync(instanceId, i.ToString(CultureInfo.InvariantCulture), i);
            acknowledgedLog.Write(line);
        }
    }
}
