using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class ExternalEventTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Events_reach_one_waiter_after_the_other_in_the_order_they_were_raised(int count)
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Collect", async context =>
        {
            var received = new List<int>();
            for (int i = 0; i < count; i++)
            {
                received.Add(await context.WaitForExternalEvent<int>($"Event{i}"));
            }

            return received;
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Collect");

        for (int i = 0; i < count; i++)
        {
            await host.Client.RaiseEventAsync(instanceId, $"Event{i}", i, host.Timeout);
        }

        Assert.Equal(Enumerable.Range(0, count), (await host.EndOfAsync(instanceId)).ReadOutputAs<List<int>>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Of_several_waiters_for_one_name_the_newest_gets_the_first_event(int count)
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Parallel", async context =>
        {
            Task<int>[] waiters = [.. Enumerable.Range(0, count).Select(_ => context.WaitForExternalEvent<int>("Event"))];
            return await Task.WhenAll(waiters);
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Parallel");
        await host.StartOfAsync(instanceId);

        for (int i = 0; i < count; i++)
        {
            await host.Client.RaiseEventAsync(instanceId, "Event", i, host.Timeout);
        }

        Assert.Equal(Enumerable.Range(0, count).Reverse(), (await host.EndOfAsync(instanceId)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task A_cancelled_waiter_does_not_swallow_the_event_of_the_next_one()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Two", async context =>
        {
            Task<string> second;
            using (var cancellation = new CancellationTokenSource())
            {
                second = context.WaitForExternalEvent<string>("Event");
                Task<string> cancelled = context.WaitForExternalEvent<string>("Event", cancellation.Token);
                cancellation.Cancel();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            }

            context.SetCustomStatus("waiting");
            return await second;
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Two");
        await host.StartOfAsync(instanceId);

        await host.Client.RaiseEventAsync(instanceId, "Event", "mine", host.Timeout);

        Assert.Equal("mine", (await host.EndOfAsync(instanceId)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_event_that_comes_before_its_waiter_is_kept_and_names_ignore_case()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Late", async context =>
        {
            await context.WaitForExternalEvent<string>("go");
            string first = await context.WaitForExternalEvent<string>("EVENT");
            return first + await context.WaitForExternalEvent<string>("event");
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Late");

        await host.Client.RaiseEventAsync(instanceId, "Event", "1", host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Event", "2", host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Go", host.Timeout);

        Assert.Equal("12", (await host.EndOfAsync(instanceId)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Waiting_for_one_name_with_two_types_is_an_argument_error()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Types", context =>
        {
            _ = context.WaitForExternalEvent<string>("Event");
            _ = context.WaitForExternalEvent<int>("Event");
        }));

        Assert.Equal(typeof(ArgumentException).FullName, (await host.RunAsync("Types")).FailureDetails?.ErrorType);
    }

    [Theory]
    [InlineData(true, "payload")]
    [InlineData(false, "timed out")]
    public async Task Waiting_with_a_timeout_ends_with_the_event_or_the_timeout(bool raise, string expected)
    {
        TimeSpan timeout = raise ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(50);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Timeout", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("Event", timeout);
            }
            catch (TaskCanceledException)
            {
                return "timed out";
            }
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Timeout");
        if (raise)
        {
            await host.Client.RaiseEventAsync(instanceId, "Event", "payload", host.Timeout);
        }

        Assert.Equal(expected, (await host.EndOfAsync(instanceId)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Cancelling_a_wait_with_a_timeout_cancels_its_timer_as_well()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Cancel", async context =>
        {
            using var cancellation = new CancellationTokenSource();
            Task<string> wait = context.WaitForExternalEvent<string>("Event", TimeSpan.FromHours(1), cancellation.Token);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            cancellation.Cancel();
            try
            {
                return await wait;
            }
            catch (TaskCanceledException)
            {
                return "cancelled";
            }
        }));

        Assert.Equal("cancelled", (await host.RunAsync("Cancel")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task One_orchestration_sends_an_event_to_another()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Receiver", context => context.WaitForExternalEvent<string>("Hello"))
            .AddOrchestratorFunc("Sender", context =>
            {
                context.SendEvent("receiver", "Hello", "from sender");
                context.SendEvent("nobody", "Hello", "dropped");
            }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Receiver", new StartOrchestrationOptions("receiver"));

        OrchestrationMetadata sent = await host.RunAsync("Sender");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, sent.RuntimeStatus);
        Assert.Equal("from sender", (await host.EndOfAsync("receiver")).ReadOutputAs<string>());
    }
}
