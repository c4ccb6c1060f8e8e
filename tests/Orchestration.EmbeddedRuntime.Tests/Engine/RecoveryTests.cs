using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine;

public class RecoveryTests
{
    [Fact]
    public async Task What_was_unfinished_goes_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        var started = new TaskCompletionSource();
        await using (var first = await DurableTestHost.StartAsync(
            tasks => Register(tasks, async context =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.Infinite, ((EmbeddedActivityContext)context).CancellationToken);
                return "never";
            }),
            folder: folder))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Timer", new StartOrchestrationOptions("timer"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Event", new StartOrchestrationOptions("event"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Activity", new StartOrchestrationOptions("activity"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync(
                "Event", new StartOrchestrationOptions("later", DateTimeOffset.UtcNow.AddSeconds(1)));
            await first.Client.RaiseEventAsync("later", "Event", "early", first.Timeout);
            await Task.WhenAll(first.StartOfAsync("timer"), first.StartOfAsync("event"), started.Task.WaitAsync(first.Timeout));
        }

        await using var second = await DurableTestHost.StartAsync(tasks => Register(tasks, _ => Task.FromResult("again")), folder: folder);
        await second.Client.RaiseEventAsync("event", "Event", "raised", second.Timeout);

        Assert.Equal("fired", (await second.EndOfAsync("timer")).ReadOutputAs<string>());
        Assert.Equal("raised", (await second.EndOfAsync("event")).ReadOutputAs<string>());
        Assert.Equal("again", (await second.EndOfAsync("activity")).ReadOutputAs<string>());
        Assert.Equal("early", (await second.EndOfAsync("later")).ReadOutputAs<string>());
        Assert.DoesNotContain(second.Logs.OfTasks(600), line => (string?)line.State["InstanceId"] is "timer" or "event" or "activity");

        static void Register(DurableTaskRegistry tasks, Func<TaskActivityContext, Task<string>> work) => tasks
            .AddOrchestratorFunc("Timer", async context =>
            {
                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
                return "fired";
            })
            .AddOrchestratorFunc("Event", context => context.WaitForExternalEvent<string>("Event"))
            .AddOrchestratorFunc("Activity", context => context.CallActivityAsync<string>("Work"))
            .AddActivityFunc("Work", work);
    }

    [Fact]
    public async Task Instances_whose_history_is_no_longer_in_memory_are_read_again()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Mixed", async context =>
                {
                    string first = await context.WaitForExternalEvent<string>("Event");
                    await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
                    return first + await context.CallActivityAsync<string>("Work") + await context.WaitForExternalEvent<string>("Event");
                })
                .AddActivityFunc("Work", (TaskActivityContext _) => "-"),
            services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaxCachedInstances = 0));
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"mixed-{i}")];

        await Task.WhenAll(ids.Select(id => host.Client.ScheduleNewOrchestrationInstanceAsync("Mixed", new StartOrchestrationOptions(id))));
        await Task.WhenAll(ids.Select(id => host.StartOfAsync(id)));
        await Task.WhenAll(ids.Select(id => host.Client.RaiseEventAsync(id, "Event", "a", host.Timeout)));
        await Task.WhenAll(ids.Select(id => host.Client.RaiseEventAsync(id, "Event", "b", host.Timeout)));

        OrchestrationMetadata[] ended = await Task.WhenAll(ids.Select(host.EndOfAsync));
        Assert.All(ended, metadata => Assert.Equal("a-b", metadata.ReadOutputAs<string>()));
    }
}
