using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class ContinueAsNewTests
{
    [Fact]
    public async Task An_orchestration_begins_anew_with_its_new_input_and_keeps_its_custom_status()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc<int, int>("Count", async (context, n) =>
        {
            if (n == 0)
            {
                context.SetCustomStatus("set by the first");
            }

            if (n < 10)
            {
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                context.ContinueAsNew(n + 1);
            }

            return n;
        }));

        OrchestrationMetadata ended = await host.RunAsync("Count", 0);

        Assert.Equal(10, ended.ReadOutputAs<int>());
        Assert.Equal("set by the first", ended.ReadCustomStatusAs<string>());
    }

    [Fact]
    public async Task The_next_execution_can_have_another_version()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Version", context =>
        {
            if (context.Version != "v2")
            {
                context.ContinueAsNew(new ContinueAsNewOptions { NewVersion = "v2" });
            }

            return context.Version;
        }));

        Assert.Equal("v2", (await host.RunAsync("Version", options: new StartOrchestrationOptions { Version = "v1" })).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_event_is_lost_over_generations_that_preserve_them(bool withTimer)
    {
        const int Events = 10;
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc<List<int>, List<int>>(
            "Collect",
            async (context, soFar) =>
            {
                soFar.Add(await context.WaitForExternalEvent<int>("Event"));
                if (withTimer)
                {
                    await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
                }

                if (soFar.Count < Events)
                {
                    context.ContinueAsNew(soFar);
                }

                return soFar;
            }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Collect", new List<int>(), host.Timeout);

        for (int i = 0; i < Events; i++)
        {
            await host.Client.RaiseEventAsync(instanceId, "Event", i, host.Timeout);
        }

        Assert.Equal(Enumerable.Range(0, Events), (await host.EndOfAsync(instanceId)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task Events_that_nobody_received_are_dropped_when_not_preserved()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string, string>(
            "Drop",
            async (context, generation) =>
            {
                if (generation == "second")
                {
                    return await context.WaitForExternalEvent<string>("Event");
                }

                await context.WaitForExternalEvent<string>("Go");
                context.ContinueAsNew("second", preserveUnprocessedEvents: false);
                return string.Empty;
            }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Drop", "first", host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Event", "old", host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Go", host.Timeout);

        // The second generation shows by its input.
        await Eventually.TrueAsync(
            async () => (await host.Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true))?.ReadInputAs<string>() == "second",
            host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Event", "new", host.Timeout);

        Assert.Equal("new", (await host.EndOfAsync(instanceId)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_orchestration_that_asks_to_continue_and_then_throws_fails()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Throw", (TaskOrchestrationContext context) =>
        {
            context.ContinueAsNew();
            throw new InvalidOperationException("after all");
        }));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Throw")).RuntimeStatus);
        Assert.Single(host.Logs.OfTasks(704));
    }

    [Fact]
    public async Task Many_instances_continue_many_times_and_none_gets_stuck()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, int>("Loop", async (context, n) =>
            {
                await context.CallActivityAsync("Touch");
                await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                if (n < 5)
                {
                    context.ContinueAsNew(n + 1);
                }

                return n;
            })
            .AddActivityFunc("Touch", (TaskActivityContext _) => true));

        OrchestrationMetadata[] ended = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.RunAsync("Loop", 0)));

        Assert.All(ended, metadata => Assert.Equal(5, metadata.ReadOutputAs<int>()));
    }
}
