using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Activities;

public class ActivityLimitTests
{
    [Fact]
    public async Task No_more_calls_of_an_activity_run_at_once_than_its_limit_says()
    {
        var atOnce = new AtOnce();
        await using var host = await StartAsync(async _ =>
        {
            atOnce.Enter();
            await Task.Delay(2);
            atOnce.Leave();
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.RunAsync("FanOut", 10)));

        Assert.Equal(2, atOnce.Most);
        Assert.Equal(40, atOnce.Total);
    }

    [Fact]
    public async Task Calls_that_wait_for_a_limit_take_no_place_from_other_activities()
    {
        var gate = new TaskCompletionSource();
        await using var host = await StartAsync(_ => gate.Task);
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("FanOut", 50);
        await host.StartOfAsync(instanceId);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.RunAsync("Other")).RuntimeStatus);

        InstanceDiagnosis? diagnosis = host.Services.GetRequiredService<InstanceDiagnoser>().Diagnose(instanceId);
        gate.SetResult();
        Assert.Equal(48, diagnosis?.Activities.Count(activity => activity is { StartedAt: null, Limit: 2 }));
        await host.EndOfAsync(instanceId);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(0)]
    public async Task Waiting_calls_of_a_terminated_orchestration_are_not_run_and_let_the_next_ones_pass(int cachedInstances)
    {
        var gate = new TaskCompletionSource();
        int calls = 0;
        await using var host = await StartAsync(context =>
        {
            Interlocked.Increment(ref calls);
            return gate.Task.WaitAsync(((EmbeddedActivityContext)context).CancellationToken);
        }, cachedInstances: cachedInstances);
        string doomed = await host.Client.ScheduleNewOrchestrationInstanceAsync("FanOut", 50);
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref calls) == 2), host.Timeout);
        string next = await host.Client.ScheduleNewOrchestrationInstanceAsync("FanOut", 1);
        await host.StartOfAsync(next);

        await host.Client.TerminateInstanceAsync(doomed, host.Timeout);
        await host.EndOfAsync(doomed);
        gate.SetResult();

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndOfAsync(next)).RuntimeStatus);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_limit_below_one_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(_ => Task.CompletedTask, limit: 0));

    private static Task<DurableTestHost> StartAsync(Func<TaskActivityContext, Task> limited, int limit = 2, int cachedInstances = 10_000) => DurableTestHost.StartAsync(
        tasks => tasks
            .AddOrchestratorFunc<int, int>("FanOut", async (context, width) =>
            {
                await Task.WhenAll(Enumerable.Range(0, width).Select(_ => context.CallActivityAsync("Limited")));
                return width;
            })
            .AddOrchestratorFunc("Other", context => context.CallActivityAsync("Free"))
            .AddActivityFunc("Limited", limited)
            .AddActivityFunc("Free", (TaskActivityContext _) => Task.CompletedTask),
        services: services => services.Configure<EmbeddedDurableOptions>(options =>
        {
            options.MaxConcurrentActivities = 4;
            options.MaxCachedInstances = cachedInstances;
            options.ActivityLimits["limited"] = limit;
        }));

    private sealed class AtOnce
    {
        private readonly Lock _lock = new();
        private int _now;

        public int Most { get; private set; }

        public int Total { get; private set; }

        public void Enter()
        {
            lock (_lock)
            {
                Total++;
                Most = Math.Max(Most, ++_now);
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                _now--;
            }
        }
    }
}
