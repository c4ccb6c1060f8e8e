using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>Failed instances that go on once the cause is gone.</summary>
public class RewindTests
{
    private bool _isBroken = true;
    private readonly List<string> _ran = [];

    [Fact]
    public async Task The_failed_activity_runs_again_and_those_that_succeeded_do_not()
    {
        await using var host = await StartAsync(async context =>
            await context.CallActivityAsync<int>("Good", "a") + await context.CallActivityAsync<int>("Flaky", "b") + await context.CallActivityAsync<int>("Good", "c"));

        await RewindAsync(host);

        Assert.Equal("3", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(["a", "b", "b", "c"], _ran);
    }

    [Fact]
    public async Task Of_a_fan_out_all_that_failed_run_again_and_branches_that_went_on_are_kept()
    {
        await using var host = await StartAsync(async context =>
        {
            async Task<int> BranchAsync() => await context.CallActivityAsync<int>("Good", "b1") + await context.CallActivityAsync<int>("Good", "b2");
            int[] all = await Task.WhenAll(context.CallActivityAsync<int>("Flaky", "x"), BranchAsync(), context.CallActivityAsync<int>("Flaky", "y"));
            return all.Sum();
        });

        await RewindAsync(host);

        Assert.Equal("4", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(["b1", "b2", "x", "x", "y", "y"], _ran.Order());
    }

    [Fact]
    public async Task After_retries_only_the_last_attempt_is_made_again()
    {
        var options = new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)));
        await using var host = await StartAsync(context => context.CallActivityAsync<int>("Flaky", "r", options));

        await RewindAsync(host);

        Assert.Equal("1", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(4, _ran.Count);
    }

    [Fact]
    public async Task Failed_sub_orchestrations_are_rewound_with_it_however_deep()
    {
        await using var host = await StartAsync(
            context => context.CallSubOrchestratorAsync<int>("Middle", options: new TaskOptions().WithInstanceId("middle")),
            tasks => tasks
                .AddOrchestratorFunc("Middle", async context => await context.CallActivityAsync<int>("Good", "before")
                    + await context.CallSubOrchestratorAsync<int>("Leaf", options: new TaskOptions().WithInstanceId("leaf")))
                .AddOrchestratorFunc("Leaf", context => context.CallActivityAsync<int>("Flaky", "deep")));

        await RewindAsync(host);

        Assert.Equal("2", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(["before", "deep", "deep"], _ran);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndOfAsync("leaf")).RuntimeStatus);
    }

    [Fact]
    public async Task A_failed_sub_orchestration_that_was_purged_is_started_anew()
    {
        await using var host = await StartAsync(
            context => context.CallSubOrchestratorAsync<int>("Leaf", options: new TaskOptions().WithInstanceId("leaf")),
            tasks => tasks.AddOrchestratorFunc("Leaf", context => context.CallActivityAsync<int>("Flaky", "deep")));
        await host.EndOfAsync("it");
        await host.Client.PurgeInstanceAsync("leaf");

        await RewindAsync(host);

        Assert.Equal("1", (await host.EndOfAsync("it")).SerializedOutput);
    }

    [Fact]
    public async Task After_a_compensation_it_goes_back_to_before_the_failure()
    {
        await using var host = await StartAsync(async context =>
        {
            try
            {
                return await context.CallActivityAsync<int>("Flaky", "try");
            }
            catch (TaskFailedException)
            {
                await context.CallActivityAsync("Good", "compensate");
                throw;
            }
        });

        await RewindAsync(host);

        Assert.Equal("1", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(["try", "compensate", "try"], _ran);
    }

    [Fact]
    public async Task A_failure_of_the_orchestrator_itself_runs_its_last_turn_again()
    {
        await using var host = await StartAsync(async context =>
        {
            int first = await context.CallActivityAsync<int>("Good", "once");
            string received = await context.WaitForExternalEvent<string>("Go");
            return _isBroken ? throw new InvalidOperationException(received) : first + await context.CallActivityAsync<int>("Good", received);
        });
        await host.Client.RaiseEventAsync("it", "Go", "kept");

        await RewindAsync(host);

        Assert.Equal("2", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(["once", "kept"], _ran);
    }

    [Fact]
    public async Task It_can_fail_and_be_rewound_again()
    {
        await using var host = await StartAsync(context => context.CallActivityAsync<int>("Flaky", "x"));
        await host.EndOfAsync("it");

        await host.Client.RewindInstanceAsync("it", "too early");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndOfAsync("it")).RuntimeStatus);
        await RewindAsync(host);

        Assert.Equal("1", (await host.EndOfAsync("it")).SerializedOutput);
        Assert.Equal(3, _ran.Count);
    }

    [Fact]
    public async Task A_rewound_instance_goes_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await StartAsync(context => context.CallActivityAsync<int>("Flaky", "x"), folder: folder))
        {
            await before.EndOfAsync("it");
            await before.Client.SuspendInstanceAsync("it");
            await RewindAsync(before, waits: false);
        }

        await using var after = await StartAsync(context => context.CallActivityAsync<int>("Flaky", "x"), folder: folder, starts: false);

        Assert.Equal("1", (await after.EndOfAsync("it")).SerializedOutput);
    }

    [Fact]
    public async Task What_has_not_failed_or_does_not_exist_is_refused()
    {
        await using var host = await StartAsync(context => context.CallActivityAsync<int>("Good", "x"));
        await host.EndOfAsync("it");

        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RewindInstanceAsync("nobody", "why"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RewindInstanceAsync("it", "why"));
    }

    [Fact]
    public async Task What_failed_in_a_critical_section_is_refused_because_its_locks_are_gone()
    {
        await using var host = await StartAsync(async context =>
        {
            await using (await context.Entities.LockEntitiesAsync(EntityTestTasks.CounterId()))
            {
                return await context.CallActivityAsync<int>("Flaky", "x");
            }
        });
        await host.EndOfAsync("it");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RewindInstanceAsync("it", "why"));

        Assert.Contains("critical section", refusal.Message, StringComparison.Ordinal);
    }

    private async Task RewindAsync(DurableTestHost host, bool waits = true)
    {
        if (waits)
        {
            Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndOfAsync("it")).RuntimeStatus);
        }

        _isBroken = false;
        await host.Client.RewindInstanceAsync("it", "mended");
    }

    private async Task<DurableTestHost> StartAsync(
        Func<TaskOrchestrationContext, Task<int>> code,
        Action<DurableTaskRegistry>? more = null,
        TemporaryFolder? folder = null,
        bool starts = true)
    {
        DurableTestHost host = await DurableTestHost.StartAsync(
            tasks =>
            {
                tasks
                    .AddOrchestratorFunc("Subject", code)
                    .AddEntity<Counter>()
                    .AddActivityFunc<string, int>("Good", (TaskActivityContext _, string input) => Run(input, fails: false))
                    .AddActivityFunc<string, int>("Flaky", (TaskActivityContext _, string input) => Run(input, _isBroken));
                more?.Invoke(tasks);
            },
            folder: folder);
        if (starts)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Subject", new StartOrchestrationOptions("it"));
        }

        return host;
    }

    private int Run(string input, bool fails)
    {
        lock (_ran)
        {
            _ran.Add(input);
        }

        return fails ? throw new TimeoutException(input) : 1;
    }
}
