using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Tests.Engine.Replay;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using Stored = Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>Rules that every engine of this programming model obeys and that no other test names.</summary>
public class EngineRuleTests
{
    [Fact]
    public async Task A_sub_orchestration_that_continues_as_new_keeps_its_tags_and_answers_its_parent()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync<int>(
                "Child", 0, new SubOrchestrationOptions(new TaskOptions(tags: new Dictionary<string, string> { ["k"] = "v" }), "child")))
            .AddOrchestratorFunc<int, int>("Child", (context, generation) =>
            {
                if (generation < 3)
                {
                    context.ContinueAsNew(generation + 1);
                }

                return generation;
            }));

        Assert.Equal("3", (await host.RunAsync("Parent")).SerializedOutput);
        Assert.Equal("v", (await host.EndOfAsync("child")).Tags["k"]);
    }

    [Fact]
    public async Task A_sub_orchestration_under_the_id_of_one_that_runs_fails_instead_of_waiting_for_ever_and_one_that_has_ended_is_replaced()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync<string>("Child", new TaskOptions().WithInstanceId("child")))
            .AddOrchestratorFunc("Child", context => context.Parent is null ? context.WaitForExternalEvent<string>("Go") : Task.FromResult("called")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Child", new StartOrchestrationOptions("child"));

        OrchestrationMetadata refused = await host.RunAsync("Parent");
        await host.Client.RaiseEventAsync("child", "Go", "ended");
        await host.EndOfAsync("child");
        OrchestrationMetadata replaced = await host.RunAsync("Parent");

        Assert.Equal("OrchestrationAlreadyExists", refused.FailureDetails?.InnerFailure?.ErrorType);
        Assert.Equal("called", replaced.ReadOutputAs<string>());
    }

    [Fact]
    public async Task The_pause_before_a_retry_grows_by_the_coefficient_up_to_the_longest()
    {
        var policy = new TaskOptions(new RetryPolicy(
            5, TimeSpan.FromMilliseconds(10), backoffCoefficient: 3, maxRetryInterval: TimeSpan.FromMilliseconds(50)));
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Retries", context => context.CallActivityAsync<int>("Fail", policy))
            .AddActivityFunc("Fail", (TaskActivityContext _) => Task.FromException<int>(new TimeoutException())));

        string instanceId = (await host.RunAsync("Retries")).InstanceId;

        Assert.Equal(
            [10, 30, 50, 50],
            (await host.Client.GetOrchestrationHistoryAsync(instanceId)).OfType<TimerCreatedEvent>()
                .Select(timer => (timer.FireAt - timer.Timestamp).TotalMilliseconds));
    }

    [Fact]
    public void A_termination_beats_a_continuation_of_the_same_turn()
    {
        var orchestration = new ReplayedOrchestration
        {
            Code = async context =>
            {
                await context.WaitForExternalEvent<object?>("Go");
                context.ContinueAsNew();
                return null;
            },
        };
        orchestration.Start();

        TurnResult result = orchestration.Turn(new Stored.EventRaised("Go", null), new Stored.ExecutionTerminated("\"end\"", Recursive: false));

        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "\"end\"", null), (result.Status, result.Output, result.Next));
    }

    [Fact]
    public async Task A_suspended_instance_can_be_terminated()
    {
        await using var host = await DurableTestHost.StartAsync(tasks =>
            tasks.AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<string>("Never")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("it"));
        await host.Client.SuspendInstanceAsync("it");

        await host.Client.TerminateInstanceAsync("it", "end");

        OrchestrationMetadata ended = await host.EndOfAsync("it");
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "\"end\""), (ended.RuntimeStatus, ended.SerializedOutput));
    }

    [Fact]
    public async Task Messages_to_nobody_and_to_what_has_ended_are_dropped()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Ends", context =>
        {
            context.SendEvent("nobody", "Lost", 1);
            return "ended";
        }));
        OrchestrationMetadata before = await host.RunAsync("Ends", options: new StartOrchestrationOptions("it"));

        foreach (string id in new[] { "nobody", "it" })
        {
            await host.Client.RaiseEventAsync(id, "Late", 1);
            await host.Client.TerminateInstanceAsync(id, "late");
            await host.Client.SuspendInstanceAsync(id);
            await host.Client.ResumeInstanceAsync(id);
        }

        OrchestrationMetadata after = await host.EndOfAsync("it");
        Assert.Equal((before.SerializedOutput, before.LastUpdatedAt), (after.SerializedOutput, after.LastUpdatedAt));
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task An_instance_of_a_rejected_version_waits_with_its_events_for_a_worker_of_its_version()
    {
        using var folder = new TemporaryFolder();
        await using (var old = await StartAsync("1", folder))
        {
            await old.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("it") { Version = "2" });
            await old.Client.RaiseEventAsync("it", "Go", "kept");
            await Eventually.TrueAsync(() => Task.FromResult(old.Logs.OfTasks(701).Count > 0), old.Timeout);
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await old.Client.GetInstanceAsync("it"))?.RuntimeStatus);
        }

        await using var current = await StartAsync("2", folder);

        Assert.Equal("kept", (await current.EndOfAsync("it")).ReadOutputAs<string>());

        static Task<DurableTestHost> StartAsync(string version, TemporaryFolder folder) => DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<string>("Go")),
            worker => worker.UseVersioning(new DurableTaskWorkerOptions.VersioningOptions
            {
                Version = version,
                MatchStrategy = DurableTaskWorkerOptions.VersionMatchStrategy.Strict,
                FailureStrategy = DurableTaskWorkerOptions.VersionFailureStrategy.Reject,
            }),
            folder: folder);
    }

    [Fact]
    public async Task An_input_that_an_activity_cannot_read_fails_the_activity_by_the_converters_exception()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Calls", context => context.CallActivityAsync<int>("Number", "no number"))
            .AddActivityFunc<int, int>("Number", (TaskActivityContext _, int input) => input));

        OrchestrationMetadata ended = await host.RunAsync("Calls");

        Assert.Equal("System.Text.Json.JsonException", ended.FailureDetails?.InnerFailure?.ErrorType);
    }

    [Fact]
    public async Task Timers_of_many_instances_that_are_due_at_the_same_moment_all_fire()
    {
        DateTime due = DateTime.UtcNow.AddSeconds(1);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Sleeps", async context =>
        {
            await Task.WhenAll(context.CreateTimer(due, CancellationToken.None), context.CreateTimer(due, CancellationToken.None));
            return "woken";
        }));

        OrchestrationMetadata[] ended = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.RunAsync("Sleeps")));

        Assert.All(ended, instance => Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus));
    }
}
