using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class LifecycleTests
{
    [Fact]
    public async Task A_terminated_instance_ends_with_the_given_output()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");
        await host.StartOfAsync(instanceId);

        await host.Client.TerminateInstanceAsync(instanceId, new { quote = "I'll be back." }, host.Timeout);
        OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("""{"quote":"I'll be back."}""", ended.SerializedOutput?.Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_that_has_not_started_can_be_terminated()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Sleep", new StartOrchestrationOptions(StartAt: DateTimeOffset.UtcNow.AddHours(1)));

        await host.Client.TerminateInstanceAsync(instanceId, "never began", host.Timeout);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndOfAsync(instanceId)).RuntimeStatus);
    }

    [Theory]
    [InlineData(true, OrchestrationRuntimeStatus.Terminated)]
    [InlineData(false, OrchestrationRuntimeStatus.Running)]
    public async Task Termination_reaches_sub_orchestrations_only_when_recursive(bool recursive, OrchestrationRuntimeStatus expected)
    {
        await using var host = await StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("parent"));
        await Eventually.TrueAsync(async () => await host.Client.GetInstanceAsync("child") is { IsRunning: true }, host.Timeout);

        await host.Client.TerminateInstanceAsync("parent", new TerminateInstanceOptions(Recursive: recursive), host.Timeout);
        await host.EndOfAsync("parent");
        if (recursive)
        {
            await host.EndOfAsync("child");
        }

        Assert.Equal(expected, (await host.Client.GetInstanceAsync("child"))?.RuntimeStatus);
    }

    [Fact]
    public async Task A_terminated_sub_orchestration_surfaces_as_a_failure_in_its_parent()
    {
        await using var host = await StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("parent"));
        await Eventually.TrueAsync(async () => await host.Client.GetInstanceAsync("child") is { IsRunning: true }, host.Timeout);

        await host.Client.TerminateInstanceAsync("child", "enough", host.Timeout);

        OrchestrationMetadata ended = await host.EndOfAsync("parent");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("OrchestrationTerminated", ended.FailureDetails?.InnerFailure?.ErrorType);
    }

    [Fact]
    public async Task Termination_cancels_the_token_of_a_running_activity()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Work", context => context.CallActivityAsync("Long"))
            .AddActivityFunc("Long", async context =>
            {
                CancellationToken cancellation = Assert.IsAssignableFrom<EmbeddedActivityContext>(context).CancellationToken;
                await using CancellationTokenRegistration registration = cancellation.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(System.Threading.Timeout.Infinite, cancellation);
            }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Work");
        await started.Task.WaitAsync(host.Timeout);

        await host.Client.TerminateInstanceAsync(instanceId, host.Timeout);

        await cancelled.Task.WaitAsync(host.Timeout);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndOfAsync(instanceId)).RuntimeStatus);
    }

    [Fact]
    public async Task A_suspended_instance_holds_its_events_until_it_is_resumed()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await host.StartOfAsync(instanceId);

        await host.Client.SuspendInstanceAsync(instanceId, "coffee", host.Timeout);
        await Eventually.TrueAsync(
            async () => (await host.Client.GetInstanceAsync(instanceId))?.RuntimeStatus == OrchestrationRuntimeStatus.Suspended, host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Event", "held", host.Timeout);
        Task<OrchestrationMetadata> end = host.EndOfAsync(instanceId);
        await Assert.ThrowsAsync<TimeoutException>(() => end.WaitAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.Client.GetInstanceAsync(instanceId))?.RuntimeStatus);

        await host.Client.ResumeInstanceAsync(instanceId, "back", host.Timeout);

        Assert.Equal("held", (await end).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Suspending_an_ended_instance_and_resuming_a_running_one_do_nothing()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await host.StartOfAsync(instanceId);

        await host.Client.ResumeInstanceAsync(instanceId, host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "Event", "x", host.Timeout);
        await host.EndOfAsync(instanceId);
        await host.Client.SuspendInstanceAsync(instanceId, host.Timeout);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Client.GetInstanceAsync(instanceId))?.RuntimeStatus);
    }

    private static Task<DurableTestHost> StartAsync() => DurableTestHost.StartAsync(tasks => tasks
        .AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None))
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Event"))
        .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Wait", new TaskOptions().WithInstanceId("child"))));
}
