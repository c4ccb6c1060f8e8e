using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class WorkerBuilderTests
{
    [Fact]
    public void A_build_target_of_another_kind_is_refused()
    {
        var builder = new DefaultDurableTaskWorkerBuilder("test", new ServiceCollection());

        Assert.Throws<ArgumentException>("value", () => builder.BuildTarget = typeof(BackgroundService));
    }

    [Fact]
    public void A_builder_without_target_builds_nothing() =>
        Assert.Throws<InvalidOperationException>(() => new DefaultDurableTaskWorkerBuilder("test", new ServiceCollection())
            .Build(new ServiceCollection().BuildServiceProvider()));

    [Fact]
    public void A_worker_of_ones_own_gets_its_name_the_tasks_and_options_that_begin_with_the_builders()
    {
        var converter = new JsonDataConverter();
        var services = new ServiceCollection();
        IDurableTaskWorkerBuilder builder = services.AddDurableTaskWorker("mine");
        builder.AddTasks(tasks => tasks.AddActivityFunc("Known", (TaskActivityContext _) => 1));
        builder.Configure(options => options.DataConverter = converter);
        builder.UseBuildTarget<OwnWorker, OwnOptions>();
        using ServiceProvider provider = services.BuildServiceProvider();

        OwnWorker worker = Assert.IsType<OwnWorker>(builder.Build(provider));

        Assert.Equal("mine", worker.Name);
        Assert.True(worker.Factory.TryCreateActivity("known", provider, out _));
        Assert.False(worker.Factory.TryCreateActivity("Unknown", provider, out _));
        Assert.False(worker.Factory.TryCreateOrchestrator("Known", provider, out _));
        Assert.Same(converter, worker.Options.DataConverter);
    }

    [Fact]
    public void A_converter_among_the_services_serves_worker_and_client_unless_one_is_configured()
    {
        var converter = new JsonDataConverter();
        var services = new ServiceCollection();
        services.AddSingleton<DataConverter>(converter);
        services.AddDurableTaskWorker(_ => { });
        services.AddDurableTaskClient(client => client.Configure(options => options.DataConverter = JsonDataConverter.Default));
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(converter, provider.GetRequiredService<IOptions<DurableTaskWorkerOptions>>().Value.DataConverter);
        Assert.Same(JsonDataConverter.Default, provider.GetRequiredService<IOptions<DurableTaskClientOptions>>().Value.DataConverter);
    }

    [Fact]
    public async Task Work_that_the_filters_do_not_name_waits_for_a_worker_that_takes_it()
    {
        using var folder = new TemporaryFolder();
        string instanceId;
        await using (var host = await DurableTestHost.StartAsync(AllTasks, FilterTo("Wanted"), folder: folder))
        {
            instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Other");
            OrchestrationMetadata wanted = await host.RunAsync("Wanted");

            Assert.Equal(OrchestrationRuntimeStatus.Completed, wanted.RuntimeStatus);
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(instanceId))?.RuntimeStatus);
        }

        await using (var host = await DurableTestHost.StartAsync(AllTasks, folder: folder))
        {
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndOfAsync(instanceId)).RuntimeStatus);
        }
    }

    [Fact]
    public async Task An_instance_that_the_filters_do_not_name_can_be_terminated()
    {
        await using var host = await DurableTestHost.StartAsync(AllTasks, FilterTo("Wanted"));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Other");

        await host.Client.TerminateInstanceAsync(instanceId);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndOfAsync(instanceId)).RuntimeStatus);
    }

    [Fact]
    public async Task Filters_made_of_the_registered_tasks_leave_unknown_activities_open()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Calls", context => context.CallActivityAsync<int>("Nowhere"))
                .AddActivityFunc("Known", (TaskActivityContext _) => 1)
                .AddOrchestratorFunc("Control", context => context.CallActivityAsync<int>("Known")),
            worker => worker.UseWorkItemFilters());
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Calls");

        await host.RunAsync("Control");

        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.StartOfAsync(instanceId)).RuntimeStatus);
    }

    [Fact]
    public void Filters_keep_the_versions_that_are_registered_and_all_of_an_unversioned_task()
    {
        var services = new ServiceCollection();
        services.AddDurableTaskWorker(worker => worker
            .AddTasks(tasks => tasks
                .AddOrchestratorFunc<int, int>("Versioned", "1", (_, input) => Task.FromResult(input))
                .AddOrchestratorFunc<int, int>("Versioned", "2", (_, input) => Task.FromResult(input))
                .AddActivityFunc("Plain", (TaskActivityContext _) => 1))
            .UseWorkItemFilters());
        using ServiceProvider provider = services.BuildServiceProvider();

        var filters = provider.GetRequiredService<IOptions<DurableTaskWorkerWorkItemFilters>>().Value;

        Assert.Equal(["1", "2"], Assert.Single(filters.Orchestrations).Versions);
        Assert.Empty(Assert.Single(filters.Activities).Versions);
    }

    [Fact]
    public async Task A_filter_for_a_task_that_is_not_registered_keeps_the_worker_from_starting() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => DurableTestHost.StartAsync(AllTasks, FilterTo("Unknown")));

    [Fact]
    public async Task Filters_that_are_taken_back_filter_nothing()
    {
        await using var host = await DurableTestHost.StartAsync(AllTasks, worker =>
        {
            FilterTo("Wanted")(worker);
            worker.UseWorkItemFilters(null);
        });

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.RunAsync("Other")).RuntimeStatus);
    }

#pragma warning disable CS0618 // Experimental, and part of the surface.
    [Fact]
    public async Task An_orchestration_filter_sees_name_and_tags()
    {
        await using var host = await DurableTestHost.StartAsync(AllTasks, worker => worker.UseOrchestrationFilter(new BlueOnly()));
        var blue = new StartOrchestrationOptions { Tags = new Dictionary<string, string> { ["colour"] = "blue" } };
        string other = await host.Client.ScheduleNewOrchestrationInstanceAsync("Other");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.RunAsync("Wanted", options: blue)).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(other))?.RuntimeStatus);
    }

    private sealed class BlueOnly : IOrchestrationFilter
    {
        public ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(info.Name == "Wanted" && info.Tags?["colour"] == "blue");
    }
#pragma warning restore CS0618

    private static void AllTasks(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Wanted", context => Task.FromResult(context.Name.Name))
        .AddOrchestratorFunc("Other", context => Task.FromResult(context.Name.Name));

    private static Action<IDurableTaskWorkerBuilder> FilterTo(string name) => worker => worker.UseWorkItemFilters(
        new DurableTaskWorkerWorkItemFilters { Orchestrations = [new DurableTaskWorkerWorkItemFilters.OrchestrationFilter(name, [])] });

    private sealed class OwnOptions : DurableTaskWorkerOptions;

    private sealed class OwnWorker(string name, IDurableTaskFactory factory, IOptionsMonitor<OwnOptions> options) : DurableTaskWorker(name, factory)
    {
        public new string Name => base.Name;

        public new IDurableTaskFactory Factory => base.Factory;

        public DurableTaskWorkerOptions Options => options.Get(Name);

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
