using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class DurableTimerTests
{
    [Fact]
    public async Task A_timer_fires_after_its_delay()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(500);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Timer", context => context.CreateTimer(delay, CancellationToken.None)));

        OrchestrationMetadata ended = await host.RunAsync("Timer");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.True(ended.CreatedAt + delay <= ended.LastUpdatedAt, $"{ended}");
    }

    [Fact]
    public async Task A_timer_longer_than_the_maximum_interval_is_split_into_consecutive_ones()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Long", async context =>
            {
                DateTime begin = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromMilliseconds(700), CancellationToken.None);
                // The number of the next task tells how many timers there were.
                try
                {
                    await context.CallActivityAsync("Missing");
                    return (TimeSpan.Zero, -1);
                }
                catch (TaskFailedException failure)
                {
                    return (context.CurrentUtcDateTime - begin, failure.TaskId);
                }
            }),
            worker => worker.Configure(options => options.MaximumTimerInterval = TimeSpan.FromMilliseconds(300)));

        var (elapsed, timers) = (await host.RunAsync("Long")).ReadOutputAs<(TimeSpan, int)>();

        Assert.Equal(3, timers);
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(700), $"{elapsed}");
    }

    [Fact]
    public async Task A_scheduled_start_stays_pending_until_its_time_and_events_wait_for_it()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Later", context => context.WaitForExternalEvent<string>("Go")));
        DateTimeOffset startAt = DateTimeOffset.UtcNow.AddMilliseconds(600);
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions(StartAt: startAt));

        await host.Client.RaiseEventAsync(instanceId, "Go", "went", host.Timeout);
        OrchestrationMetadata? before = await host.Client.GetInstanceAsync(instanceId);
        OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

        Assert.Equal(OrchestrationRuntimeStatus.Pending, before?.RuntimeStatus);
        Assert.Equal("went", ended.ReadOutputAs<string>());
        Assert.True(ended.LastUpdatedAt >= startAt, $"{ended}");
    }

    [Fact]
    public async Task An_instance_is_not_complete_while_a_timer_or_an_activity_that_it_asked_for_is_open()
    {
        var release = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Abandon", async context =>
            {
                _ = context.CallActivityAsync("Slow");
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                return "returned";
            })
            .AddActivityFunc("Slow", _ => release.Task));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Abandon");
        await host.StartOfAsync(instanceId);
        Task<OrchestrationMetadata> end = host.EndOfAsync(instanceId);
        await Assert.ThrowsAsync<TimeoutException>(() => end.WaitAsync(TimeSpan.FromMilliseconds(200)));

        release.SetResult();

        Assert.Equal("returned", (await end).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_cancelled_timer_does_not_keep_its_instance_running()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Cancel", async context =>
        {
            using var cancellation = new CancellationTokenSource();
            Task timer = context.CreateTimer(TimeSpan.FromHours(1), cancellation.Token);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            cancellation.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer);
            return "free";
        }));

        Assert.Equal("free", (await host.RunAsync("Cancel")).ReadOutputAs<string>());
    }
}
