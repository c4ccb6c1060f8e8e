using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class ClientTests
{
    private const string Waiter = "Waiter";

    [Theory]
    [InlineData(false, OrchestrationRuntimeStatus.Completed)]
    [InlineData(true, OrchestrationRuntimeStatus.Failed)]
    public async Task Inputs_outputs_and_failure_come_only_when_asked_for(bool fails, OrchestrationRuntimeStatus expected)
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, fails, host.Timeout);
        OrchestrationMetadata started = await host.Client.WaitForInstanceStartAsync(instanceId, host.Timeout);
        await host.Client.RaiseEventAsync(instanceId, "event", host.Timeout);
        OrchestrationMetadata ended = await host.Client.WaitForInstanceCompletionAsync(instanceId, host.Timeout);

        Assert.Equal((OrchestrationRuntimeStatus.Running, expected), (started.RuntimeStatus, ended.RuntimeStatus));
        Assert.Equal((null, null, null, null), (ended.SerializedInput, ended.SerializedOutput, ended.SerializedCustomStatus, ended.FailureDetails));
        Assert.Throws<InvalidOperationException>(() => ended.ReadInputAs<bool>());
        OrchestrationMetadata? full = await host.Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true);
        Assert.Equal(fails, full?.ReadInputAs<bool>());
        Assert.Equal(fails, full?.FailureDetails is not null);
    }

    [Fact]
    public async Task An_unknown_instance_is_null_and_cannot_be_waited_for()
    {
        await using var host = await StartAsync();

        Assert.Null(await host.Client.GetInstanceAsync("unknown"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.WaitForInstanceStartAsync("unknown", host.Timeout));
    }

    [Fact]
    public async Task Instances_are_listed_by_prefix_status_and_time()
    {
        await using var host = await StartAsync();
        DateTimeOffset before = DateTimeOffset.UtcNow;
        foreach (string id in new[] { "list-1", "list-2", "other" })
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, new StartOrchestrationOptions(id));
            await host.StartOfAsync(id);
        }

        await host.Client.RaiseEventAsync("list-2", "event", host.Timeout);
        await host.EndOfAsync("list-2");

        Assert.Equal(["list-1", "list-2"], await IdsAsync(new OrchestrationQuery(InstanceIdPrefix: "list-")));
        Assert.Equal(["list-2"], await IdsAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Completed])));
        Assert.Equal(3, (await IdsAsync(new OrchestrationQuery(CreatedFrom: before))).Count);
        Assert.Empty(await IdsAsync(new OrchestrationQuery(CreatedTo: before.AddMilliseconds(-1))));
        Assert.Equal(["list-2"], (await host.Client.ListInstanceIdsAsync()).Values);

        async Task<List<string>> IdsAsync(OrchestrationQuery query)
        {
            var ids = new List<string>();
            await foreach (OrchestrationMetadata metadata in host.Client.GetAllInstancesAsync(query))
            {
                ids.Add(metadata.InstanceId);
            }

            return ids;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listing_has_inputs_and_outputs_only_when_asked(bool asked)
    {
        await using var host = await StartAsync();
        await host.RunAsync("Echo", "text");

        await foreach (OrchestrationMetadata listed in host.Client.GetAllInstancesAsync(new OrchestrationQuery(FetchInputsAndOutputs: asked)))
        {
            Assert.Equal((asked, asked), (listed.SerializedInput is not null, listed.SerializedOutput is not null));
        }
    }

    [Fact]
    public async Task A_listing_comes_in_pages_and_resumes_with_another_page_size()
    {
        await using var host = await StartAsync();
        for (int i = 0; i < 21; i++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, new StartOrchestrationOptions($"page-{i}"));
        }

        AsyncPageable<OrchestrationMetadata> listing = host.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "page-"));
        List<Page<OrchestrationMetadata>> pages = await PagesAsync(null, 5);
        List<Page<OrchestrationMetadata>> resumed = await PagesAsync(pages[1].ContinuationToken, 4);

        Assert.Equal([5, 5, 5, 5, 1], pages.Select(page => page.Values.Count));
        Assert.Null(pages[^1].ContinuationToken);
        Assert.Equal(
            pages.Skip(2).SelectMany(page => page.Values).Select(metadata => metadata.InstanceId),
            resumed.SelectMany(page => page.Values).Select(metadata => metadata.InstanceId));
        Assert.Equal(3, resumed.Count);

        async Task<List<Page<OrchestrationMetadata>>> PagesAsync(string? token, int size)
        {
            var read = new List<Page<OrchestrationMetadata>>();
            await foreach (Page<OrchestrationMetadata> page in listing.AsPages(token, size))
            {
                read.Add(page);
            }

            return read;
        }
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_ends_at_once()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, host.Timeout);
        await host.StartOfAsync(instanceId);
        using var cancellation = new CancellationTokenSource();
        Task<OrchestrationMetadata> wait = host.Client.WaitForInstanceCompletionAsync(instanceId, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => wait);
    }

    [Fact]
    public async Task An_instance_without_a_given_id_gets_one_of_32_hexadecimal_digits()
    {
        await using var host = await StartAsync();

        Assert.Matches("^[0-9a-f]{32}$", await host.Client.ScheduleNewOrchestrationInstanceAsync("Empty", host.Timeout));
    }

    [Fact]
    public async Task A_purged_instance_is_gone_and_a_running_one_cannot_be_purged()
    {
        await using var host = await StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, new StartOrchestrationOptions("purge"));
        await host.StartOfAsync("purge");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.PurgeInstanceAsync("purge"));
        await host.Client.RaiseEventAsync("purge", "event", host.Timeout);
        await host.EndOfAsync("purge");

        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("purge")).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("purge"));
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("purge")).PurgedInstanceCount);
    }

    [Fact]
    public async Task A_purge_by_filter_takes_ended_instances_only()
    {
        await using var host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.RunAsync("Empty")));
        string running = await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, host.Timeout);

        PurgeResult result = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter());

        Assert.Equal((4, true), (result.PurgedInstanceCount, result.IsComplete));
        Assert.NotNull(await host.Client.GetInstanceAsync(running));
    }

    [Fact]
    public async Task A_recursive_purge_takes_sub_orchestrations_along()
    {
        await using var host = await StartAsync();
        OrchestrationMetadata parent = await host.RunAsync("Parent");

        Assert.Equal(2, (await host.Client.PurgeInstanceAsync(parent.InstanceId, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("the-child"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restarted_instance_has_the_same_name_and_input(bool newId)
    {
        await using var host = await StartAsync();
        OrchestrationMetadata first = await host.RunAsync("Echo", "hello");

        string restarted = await host.Client.RestartAsync(first.InstanceId, newId);
        OrchestrationMetadata second = await host.EndOfAsync(restarted);

        Assert.Equal(newId, restarted != first.InstanceId);
        Assert.Equal(("Echo", "hello"), (second.Name, second.ReadOutputAs<string>()));
        Assert.True(second.CreatedAt > first.CreatedAt);
    }

    [Fact]
    public async Task Restarting_an_unknown_instance_is_an_argument_error()
    {
        await using var host = await StartAsync();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RestartAsync("unknown"));
        Assert.Contains("An orchestration with the instanceId unknown was not found.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_in_a_deduplication_status_stands_in_the_way()
    {
        await using var host = await StartAsync();
        await host.RunAsync("Empty", options: new StartOrchestrationOptions("taken"));
        StartOrchestrationOptions options = new StartOrchestrationOptions("taken")
            .WithDedupeStatuses(OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed);

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Empty", options));
    }

    [Fact]
    public async Task An_instance_in_another_status_is_replaced_under_its_id()
    {
        await using var host = await StartAsync();
        await host.RunAsync("Echo", "old", new StartOrchestrationOptions("again"));
        StartOrchestrationOptions options = new StartOrchestrationOptions("again").WithDedupeStatuses(OrchestrationRuntimeStatus.Failed);

        Assert.Equal("new", (await host.RunAsync("Echo", "new", options)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_replaced_instance_is_running_again_with_an_execution_of_its_own()
    {
        await using var host = await StartAsync();
        await host.RunAsync("Echo", "old", new StartOrchestrationOptions("again"));

        await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, new StartOrchestrationOptions("again"));
        OrchestrationMetadata replaced = await host.StartOfAsync("again");

        Assert.Equal((OrchestrationRuntimeStatus.Running, null), (replaced.RuntimeStatus, replaced.SerializedOutput));
        Assert.Single((await host.Client.GetOrchestrationHistoryAsync("again")).OfType<global::DurableTask.Core.History.ExecutionStartedEvent>());
    }

    [Fact]
    public async Task A_running_instance_that_may_be_replaced_is_terminated_first()
    {
        await using var host = await StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, new StartOrchestrationOptions("replace"));
        await host.StartOfAsync("replace");

        Assert.Equal("new", (await host.RunAsync("Echo", "new", new StartOrchestrationOptions("replace"))).ReadOutputAs<string>());
        Assert.Single(host.Logs.OfTasks(700));
    }

    [Fact]
    public async Task Of_many_starts_of_one_id_at_once_exactly_one_succeeds()
    {
        await using var host = await StartAsync();
        StartOrchestrationOptions options = new StartOrchestrationOptions("one").WithDedupeStatuses([.. Enum.GetValues<OrchestrationRuntimeStatus>()]);

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await host.Client.ScheduleNewOrchestrationInstanceAsync(Waiter, false, options, host.Timeout);
                return true;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return false;
            }
        }));

        Assert.Single(won, true);
    }

    [Fact]
    public async Task An_unknown_deduplication_status_is_an_argument_error_that_names_it()
    {
        await using var host = await StartAsync();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Empty", new StartOrchestrationOptions { DedupeStatuses = ["Sleeping"] }));
        Assert.Contains("Sleeping", error.Message, StringComparison.Ordinal);
    }

    private static Task<DurableTestHost> StartAsync() => DurableTestHost.StartAsync(tasks => tasks
        .AddOrchestratorFunc("Empty", _ => null as object)
        .AddOrchestratorFunc<string, string>("Echo", (_, input) => input)
        .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Empty", new TaskOptions().WithInstanceId("the-child")))
        .AddOrchestratorFunc<bool, string>(Waiter, async (context, fails) =>
        {
            context.SetCustomStatus("waiting");
            await context.WaitForExternalEvent<object>("event");
            return fails ? throw new InvalidOperationException("Orchestration failed") : "output";
        }));
}
