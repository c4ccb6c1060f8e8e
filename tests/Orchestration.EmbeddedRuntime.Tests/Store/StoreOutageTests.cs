using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

/// <summary>A store whose disk does not take writes, on a real file system.</summary>
public class StoreOutageTests
{
    [RequiresSmallDiskFact]
    public async Task On_a_full_disk_writes_fail_clearly_reads_go_on_and_work_continues_when_there_is_space()
    {
        using var disk = new SmallDisk();
        var gate = new TaskCompletionSource();
        int calls = 0;
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Work", async context => await context.CallActivityAsync<int>("Hold") + await context.CallActivityAsync<int>("Hold"))
                .AddActivityFunc("Hold", async (TaskActivityContext _) =>
                {
                    await gate.Task;
                    return Interlocked.Increment(ref calls);
                }),
            folder: disk.Folder);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Work", new StartOrchestrationOptions("it"));
        await host.StartOfAsync("it");

        disk.Fill();
        gate.SetResult();
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Work"));
        await Eventually.TrueAsync(() => Task.FromResult(host.Logs.OfTasks(702).Count > 0), host.Timeout);
        InstanceDiagnosis? diagnosis = host.Services.GetRequiredService<InstanceDiagnoser>().Diagnose("it");
        OrchestrationMetadata? metadata = await host.Client.GetInstanceAsync("it");
        disk.Free();
        OrchestrationMetadata ended = await host.EndOfAsync("it");

        Assert.Equal(StoreError.DiskFull, refused.Error);
        Assert.Contains("the disk is full", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StallCode.TurnFailed, diagnosis?.Reasons[0].Code);
        Assert.Contains("the disk is full", diagnosis?.LastError?.Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Running, metadata?.RuntimeStatus);
        Assert.Equal(3, ended.ReadOutputAs<int>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.RunAsync("Work")).RuntimeStatus);
    }

    [RequiresSmallDiskFact]
    public async Task A_turn_that_cannot_be_stored_is_tried_again_with_growing_pauses()
    {
        using var disk = new SmallDisk();
        var time = new ManualTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var gate = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Work", context => context.CallActivityAsync("Hold"))
                .AddActivityFunc("Hold", (TaskActivityContext _) => gate.Task),
            services: services => services.AddSingleton<TimeProvider>(time),
            folder: disk.Folder);
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Work");
        await host.StartOfAsync(instanceId);

        disk.Fill();
        gate.SetResult();
        for (int failures = 1; failures <= 7; failures++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(host.Logs.OfTasks(702).Count == failures), host.Timeout);
            await time.MoveToNextTimerAsync();
        }

        await Eventually.TrueAsync(() => Task.FromResult(host.Logs.OfTasks(702).Count == 8), host.Timeout);
        disk.Free();
        await time.MoveToNextTimerAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndOfAsync(instanceId)).RuntimeStatus);
        Assert.Equal(
            [1, 2, 4, 8, 16, 30, 30, 30], host.Logs.OfTasks(702).Select(line => ((TimeSpan?)line.State["Delay"])?.TotalSeconds ?? 0));
    }

    [RequiresSmallDiskFact]
    public void A_store_that_may_not_be_written_is_refused_until_it_may()
    {
        using var disk = new SmallDisk();
        string path = disk.Folder.File("store.db");
        DurableStore.Open(path).Dispose();

        disk.SetReadOnly(true);
        StoreException refused = Assert.Throws<StoreException>(() => DurableStore.Open(path));
        disk.SetReadOnly(false);

        Assert.Equal(StoreError.ReadOnly, refused.Error);
        Assert.Contains("may not be written", refused.Message, StringComparison.Ordinal);
        DurableStore.Open(path).Dispose();
    }

    [RequiresSmallDiskFact]
    public void A_store_that_finds_no_space_to_begin_says_so()
    {
        using var disk = new SmallDisk();
        disk.Fill();

        Assert.Equal(StoreError.DiskFull, Assert.Throws<StoreException>(() => DurableStore.Open(disk.Folder.File("store.db"))).Error);

        disk.Free();
        DurableStore.Open(disk.Folder.File("store.db")).Dispose();
    }
}
