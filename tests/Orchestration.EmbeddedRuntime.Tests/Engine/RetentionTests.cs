using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine;

public class RetentionTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Ended_instances_are_removed_when_their_status_has_been_kept_long_enough()
    {
        await using var host = await StartAsync(retention => retention[OrchestrationRuntimeStatus.Completed] = TimeSpan.FromHours(2));
        await RunAllAsync(host);

        await HourPassesAsync();
        Assert.Equal(["Fail", "Succeed", "Wait"], await InstancesAsync(host));
        await HourPassesAsync();

        Assert.Equal(["Fail", "Wait"], await InstancesAsync(host));
        Assert.Equal(1, Assert.Single(host.Logs.OfTasks(706)).State["Count"]);
    }

    [Fact]
    public async Task Each_status_has_an_age_of_its_own_and_what_runs_stays()
    {
        await using var host = await StartAsync(retention =>
        {
            retention[OrchestrationRuntimeStatus.Completed] = TimeSpan.FromHours(2);
            retention[OrchestrationRuntimeStatus.Failed] = TimeSpan.FromHours(1);
        });
        await RunAllAsync(host);

        await HourPassesAsync();
        Assert.Equal(["Succeed", "Wait"], await InstancesAsync(host));
        await HourPassesAsync();

        Assert.Equal(["Wait"], await InstancesAsync(host));
    }

    [Fact]
    public async Task Unless_asked_for_nothing_is_removed_and_nobody_looks()
    {
        await using var host = await StartAsync(_ => { });
        await RunAllAsync(host);

        Assert.False(_time.HasTimer);
        Assert.Equal(["Fail", "Succeed", "Wait"], await InstancesAsync(host));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, 1)]
    [InlineData(OrchestrationRuntimeStatus.Failed, -1)]
    public async Task An_age_that_makes_no_sense_keeps_the_worker_from_starting(OrchestrationRuntimeStatus status, int hours) =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(retention => retention[status] = TimeSpan.FromHours(hours)));

    private Task<DurableTestHost> StartAsync(Action<IDictionary<OrchestrationRuntimeStatus, TimeSpan>> configure) => DurableTestHost.StartAsync(
        tasks => tasks
            .AddOrchestratorFunc("Succeed", _ => Task.CompletedTask)
            .AddOrchestratorFunc("Fail", Task (_) => throw new InvalidOperationException("on purpose"))
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Never")),
        services: services => services
            .AddSingleton<TimeProvider>(_time)
            .Configure<EmbeddedDurableOptions>(options => configure(options.Retention)));

    private static async Task RunAllAsync(DurableTestHost host)
    {
        foreach (string name in new[] { "Succeed", "Fail", "Wait" })
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(name, new StartOrchestrationOptions(name));
        }

        await Task.WhenAll(host.EndOfAsync("Succeed"), host.EndOfAsync("Fail"), host.StartOfAsync("Wait"));
    }

    /// <summary>Moves the clock to the next look for old instances, an hour later, and waits until it is over.</summary>
    private async Task HourPassesAsync()
    {
        DateTimeOffset before = _time.GetUtcNow();
        Assert.Equal(before.AddHours(1), await _time.MoveToNextTimerAsync());
        await _time.WaitForTimerAsync();
    }

    private static async Task<IEnumerable<string>> InstancesAsync(DurableTestHost host)
    {
        var ids = new List<string>();
        await foreach (OrchestrationMetadata instance in host.Client.GetAllInstancesAsync())
        {
            ids.Add(instance.InstanceId);
        }

        return ids.Order(StringComparer.Ordinal);
    }
}
