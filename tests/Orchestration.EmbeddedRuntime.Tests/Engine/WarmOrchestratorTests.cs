using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine;

/// <summary>Orchestrators that stay in memory between their turns.</summary>
public class WarmOrchestratorTests
{
    [Theory]
    [InlineData(0, new[] { true, true, false })]
    [InlineData(100, new[] { false, false, false })]
    public async Task A_warm_orchestrator_is_not_replayed(int kept, bool[] replaying)
    {
        await using var host = await StartAsync(kept, tasks => tasks.AddOrchestratorFunc("Looks", async context =>
        {
            var seen = new List<bool> { context.IsReplaying };
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            seen.Add(context.IsReplaying);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            seen.Add(context.IsReplaying);
            return seen;
        }));

        Assert.Equal(replaying, (await host.RunAsync("Looks")).ReadOutputAs<bool[]>());
    }

    [Fact]
    public async Task The_code_of_a_warm_orchestrator_runs_once()
    {
        int steps = 0;
        await using var host = await StartAsync(100, tasks => tasks
            .AddOrchestratorFunc("Counts", async context =>
            {
                int sum = 0;
                for (int i = 0; i < 50; i++)
                {
                    Interlocked.Increment(ref steps);
                    sum += await context.CallActivityAsync<int>("One");
                }

                return sum;
            })
            .AddActivityFunc("One", (TaskActivityContext _) => 1));

        Assert.Equal(50, (await host.RunAsync("Counts")).ReadOutputAs<int>());
        Assert.Equal(50, steps);
    }

    [Fact]
    public async Task A_warm_orchestrator_and_a_replayed_one_do_the_same()
    {
        string? cold = await RunMixedAsync(0);

        Assert.Equal(cold, await RunMixedAsync(100));
        Assert.Equal(cold, await RunMixedAsync(1));
    }

    [Fact]
    public async Task Whoever_is_pushed_out_of_memory_is_replayed()
    {
        await using var host = await StartAsync(1, tasks => tasks.AddOrchestratorFunc("Waits", async context =>
            $"{await context.WaitForExternalEvent<int>("go")} {await context.WaitForExternalEvent<int>("go")}"));
        string[] instances = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Client.ScheduleNewOrchestrationInstanceAsync("Waits")));

        foreach (int round in new[] { 1, 2 })
        {
            await Task.WhenAll(instances.Select(id => host.Client.RaiseEventAsync(id, "go", round)));
        }

        foreach (string id in instances)
        {
            Assert.Equal("1 2", (await host.EndOfAsync(id)).ReadOutputAs<string>());
        }
    }

    [Fact]
    public async Task A_warm_orchestrator_that_waits_for_what_is_not_durable_fails()
    {
        await using var host = await StartAsync(100, tasks => tasks.AddOrchestratorFunc("Delays", async context =>
        {
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            await Task.Delay(1);
            return 1;
        }));

        OrchestrationMetadata ended = await host.RunAsync("Delays");

        Assert.Contains("invalid asynchronous invocation", ended.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scope_of_a_warm_orchestrator_ends_with_it()
    {
        await using var host = await StartAsync(
            100,
            tasks => tasks.AddOrchestrator<Scoped>(),
            services => services.AddSingleton<Closed>().AddScoped<Probe>());

        OrchestrationMetadata ended = await host.RunAsync(nameof(Scoped));

        Assert.Equal("open open", ended.ReadOutputAs<string>());
        Assert.Equal(1, host.Services.GetRequiredService<Closed>().Count);
    }

    private static async Task<string?> RunMixedAsync(int kept)
    {
        await using var host = await StartAsync(kept, tasks => tasks
            .AddOrchestratorFunc("Mixed", async context =>
            {
                var log = new List<string>();
                using var cancellation = new CancellationTokenSource();
                Task timeout = context.CreateTimer(TimeSpan.FromHours(1), cancellation.Token);
                Task<string> raised = context.WaitForExternalEvent<string>("go");
                log.Add(await context.CallActivityAsync<string>("Echo", "a"));
                Task winner = await Task.WhenAny(timeout, raised);
                cancellation.Cancel();
                log.Add(winner == raised ? await raised : "late");
                try
                {
                    await context.CallActivityAsync<string>("Fails", options: TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(1))));
                }
                catch (TaskFailedException failure)
                {
                    log.Add($"#{failure.TaskId} {failure.FailureDetails.ErrorMessage}");
                }

                string[] many = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => context.CallActivityAsync<string>("Echo", $"{i}")));
                log.AddRange(many);
                log.Add(await context.CallSubOrchestratorAsync<string>("Child", "child"));
                context.SetCustomStatus("last");
                return string.Join(',', log);
            })
            .AddOrchestratorFunc<string, string>("Child", (context, input) => context.CallActivityAsync<string>("Echo", input))
            .AddActivityFunc<string, string>("Echo", (_, input) => Task.FromResult(input))
            .AddActivityFunc("Fails", (TaskActivityContext _) => throw new InvalidOperationException("on purpose")));
        string id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Mixed");
        await host.Client.SuspendInstanceAsync(id);
        await host.Client.RaiseEventAsync(id, "go", "event");
        await host.Client.ResumeInstanceAsync(id);
        OrchestrationMetadata ended = await host.EndOfAsync(id);
        return ended.ReadOutputAs<string>() + ended.ReadCustomStatusAs<string>();
    }

    private static Task<DurableTestHost> StartAsync(int kept, Action<DurableTaskRegistry> tasks, Action<IServiceCollection>? services = null) =>
        DurableTestHost.StartAsync(tasks, services: all =>
        {
            all.Configure<EmbeddedDurableOptions>(options => options.WarmOrchestrators = kept);
            services?.Invoke(all);
        });

    private sealed class Closed
    {
        public int Count;
    }

    private sealed class Probe(Closed closed) : IDisposable
    {
        public string State { get; private set; } = "open";

        public void Dispose()
        {
            State = "closed";
            closed.Count++;
        }
    }

    private sealed class Scoped(Probe probe) : TaskOrchestrator<object?, string>
    {
        public override async Task<string> RunAsync(TaskOrchestrationContext context, object? input)
        {
            string before = probe.State;
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            return $"{before} {probe.State}";
        }
    }
}
