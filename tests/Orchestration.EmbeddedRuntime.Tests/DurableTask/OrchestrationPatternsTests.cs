using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class OrchestrationPatternsTests
{
    [Fact]
    public async Task An_empty_orchestration_completes_under_its_name_and_id()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Empty", _ => null as object));

        OrchestrationMetadata ended = await host.RunAsync("Empty", options: new StartOrchestrationOptions("the-id"));

        Assert.Equal(("Empty", "the-id", OrchestrationRuntimeStatus.Completed), (ended.Name, ended.InstanceId, ended.RuntimeStatus));
    }

    [Fact]
    public async Task Tags_of_an_orchestration_show_in_its_metadata()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Empty", _ => null as object));

        var tags = new Dictionary<string, string> { ["team"] = "disks", ["cost"] = "42" };
        OrchestrationMetadata ended = await host.RunAsync("Empty", options: new StartOrchestrationOptions { Tags = tags });

        Assert.Equal(tags, ended.Tags);
    }

    [Fact]
    public async Task Tags_of_a_sub_orchestration_survive_its_retries()
    {
        int attempts = 0;
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync(
                "Child",
                options: new SubOrchestrationOptions(
                    new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)), new Dictionary<string, string> { ["k"] = "v" }), "child")))
            .AddOrchestratorFunc("Child", (TaskOrchestrationContext _) =>
            {
                Interlocked.Increment(ref attempts);
                throw new InvalidOperationException("no");
            }));

        OrchestrationMetadata ended = await host.RunAsync("Parent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(3, attempts);
        OrchestrationMetadata? child = await host.Client.GetInstanceAsync("child");
        Assert.Equal("v", child?.Tags["k"]);
    }

    [Fact]
    public async Task A_timer_fires_after_its_delay()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(500);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Timer", context => context.CreateTimer(delay, CancellationToken.None)));

        OrchestrationMetadata ended = await host.RunAsync("Timer");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.True(ended.CreatedAt + delay <= ended.LastUpdatedAt, $"{ended}");
    }

    [Fact]
    public async Task A_timer_longer_than_the_maximum_interval_is_split_into_consecutive_ones()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Long", async context =>
            {
                DateTime begin = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromMilliseconds(700), CancellationToken.None);
                // The number of the next task tells how many timers there were.
                try
                {
                    await context.CallActivityAsync("Missing");
                    return (TimeSpan.Zero, -1);
                }
                catch (TaskFailedException failure)
                {
                    return (context.CurrentUtcDateTime - begin, failure.TaskId);
                }
            }),
            worker => worker.Configure(options => options.MaximumTimerInterval = TimeSpan.FromMilliseconds(300)));

        var (elapsed, timers) = (await host.RunAsync("Long")).ReadOutputAs<(TimeSpan, int)>();

        Assert.Equal(3, timers);
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(700), $"{elapsed}");
    }

    [Fact]
    public async Task IsReplaying_is_true_for_what_ran_in_earlier_turns_only()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Replay", async context =>
        {
            var seen = new List<bool> { context.IsReplaying };
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            seen.Add(context.IsReplaying);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            seen.Add(context.IsReplaying);
            return seen;
        }));

        Assert.Equal([true, true, false], (await host.RunAsync("Replay")).ReadOutputAs<List<bool>>());
    }

    [Fact]
    public async Task CurrentUtcDateTime_is_the_same_in_replay_and_later_in_each_turn()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Clock", async context =>
            {
                DateTime first = context.CurrentUtcDateTime;
                DateTime firstEcho = await context.CallActivityAsync<DateTime>("Echo", first);
                DateTime second = context.CurrentUtcDateTime;
                DateTime secondEcho = await context.CallActivityAsync<DateTime>("Echo", second);
                return first.Kind == DateTimeKind.Utc && first == firstEcho && second == secondEcho && second > first;
            })
            .AddActivityFunc("Echo", (TaskActivityContext _, DateTime input) => input));

        Assert.True((await host.RunAsync("Clock")).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task NewGuid_gives_distinct_identifiers_that_replay_repeats()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Guids", async context =>
            {
                Guid first = context.NewGuid();
                Guid firstEcho = await context.CallActivityAsync<Guid>("Echo", first);
                Guid second = context.NewGuid();
                Guid secondEcho = await context.CallActivityAsync<Guid>("Echo", second);
                return first != second && first == firstEcho && second == secondEcho && first.ToString()[14] == '5';
            })
            .AddActivityFunc("Echo", (TaskActivityContext _, Guid input) => input));

        Assert.True((await host.RunAsync("Guids")).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task Start_and_end_of_an_orchestration_and_of_its_activity_are_logged_exactly_once()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string, string>("Greet", (context, name) => context.CallActivityAsync<string>("SayHello", name))
            .AddActivityFunc("SayHello", (TaskActivityContext _, string name) => $"Hello, {name}!"));

        OrchestrationMetadata ended = await host.RunAsync("Greet", "World");

        Assert.Equal("Hello, World!", ended.ReadOutputAs<string>());
        foreach ((int id, string name) in new[] { (600, "Greet"), (603, "SayHello"), (604, "SayHello"), (601, "Greet") })
        {
            LogLine line = Assert.Single(host.Logs.OfTasks(id));
            Assert.Equal((name, ended.InstanceId), (line.State["Name"] as string, line.State["InstanceId"] as string));
        }
    }

    [Fact]
    public async Task A_replay_safe_logger_writes_each_line_once()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Log", async context =>
        {
            var logger = context.CreateReplaySafeLogger("app");
#pragma warning disable CA1848, CA1873, CA2254 // A test's own log line.
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, "one");
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, "two");
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
#pragma warning restore CA1848, CA1873, CA2254
        }));

        await host.RunAsync("Log");

        Assert.Equal(["one", "two"], host.Logs.Of("app").Select(line => line.Message));
    }

    [Fact]
    public async Task The_factory_of_replay_safe_loggers_is_one_takes_no_providers_and_outlives_its_disposal()
    {
        using var provider = new RecordedLogs();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Log", context =>
        {
            ILoggerFactory factory = context.ReplaySafeLoggerFactory;
            factory.Dispose();
#pragma warning disable CA1848, CA1873 // A test's own log line.
            factory.CreateLogger("app").LogInformation("after disposal");
#pragma warning restore CA1848, CA1873
            Assert.Throws<NotSupportedException>(() => factory.AddProvider(provider));
            return ReferenceEquals(factory, context.ReplaySafeLoggerFactory);
        }));

        Assert.True((await host.RunAsync("Log")).ReadOutputAs<bool>());
        Assert.Single(host.Logs.Of("app"));
    }

    [Fact]
    public async Task Json_nodes_travel_as_they_are()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<JsonNode, JsonNode>("Echo", async (context, input) =>
            {
                JsonNode echoed = await context.CallActivityAsync<JsonNode>("Echo", input);
                echoed["seen"] = true;
                return echoed;
            })
            .AddActivityFunc<JsonNode, JsonNode>("Echo", (TaskActivityContext _, JsonNode input) => input));

        OrchestrationMetadata ended = await host.RunAsync("Echo", JsonNode.Parse("""{"deep":{"list":[1,"two",null]}}"""));

        Assert.Equal("""{"deep":{"list":[1,"two",null]},"seen":true}""", ended.SerializedOutput);
    }

    [Fact]
    public async Task Many_activities_timers_and_sub_orchestrations_of_one_turn_all_end()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Many", async context =>
            {
                Task<int>[] activities = [.. Enumerable.Range(0, 30).Select(i => context.CallActivityAsync<int>("Same", i))];
                Task[] timers = [.. Enumerable.Range(0, 100).Select(_ => context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None))];
                Task<int>[] children = [.. Enumerable.Range(0, 50).Select(i => context.CallSubOrchestratorAsync<int>("Child", i))];
                await Task.WhenAll(timers);
                return (await Task.WhenAll(activities)).Sum() + (await Task.WhenAll(children)).Sum();
            })
            .AddOrchestratorFunc<int, int>("Child", (_, input) => input)
            .AddActivityFunc("Same", (TaskActivityContext _, int input) => input));

        Assert.Equal((29 * 30 / 2) + (49 * 50 / 2), (await host.RunAsync("Many")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Activities_in_a_chain_pass_on_their_results()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Chain", async context =>
            {
                int value = 0;
                for (int i = 0; i < 10; i++)
                {
                    value = await context.CallActivityAsync<int>("PlusOne", value);
                }

                return value;
            })
            .AddActivityFunc("PlusOne", (TaskActivityContext _, int value) => value + 1));

        // The input is one that the orchestrator does not declare.
        Assert.Equal(10, (await host.RunAsync("Chain", "ignored")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Activities_fan_out_and_in()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("FanOut", async context =>
            {
                string[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => context.CallActivityAsync<string>("ToText", i)));
                Array.Sort(results);
                Array.Reverse(results);
                return results;
            })
            .AddActivityFunc("ToText", (TaskActivityContext _, int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"], (await host.RunAsync("FanOut")).ReadOutputAs<List<string>>());
    }

    [Fact]
    public async Task A_sub_orchestration_returns_to_its_parent()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc<int, int>("Sum", async (context, depth) =>
            depth + (depth < 5 ? await context.CallSubOrchestratorAsync<int>("Sum", depth + 1) : 0)));

        Assert.Equal(15, (await host.RunAsync("Sum", 1)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_sub_orchestration_knows_its_parent_and_a_top_one_has_none()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Top", async context =>
                $"{context.Parent is null} {await context.CallSubOrchestratorAsync<string>("Child")}")
            .AddOrchestratorFunc("Child", context => $"{context.Parent?.Name} {context.Parent?.InstanceId}"));

        OrchestrationMetadata ended = await host.RunAsync("Top", options: new StartOrchestrationOptions("top-id"));

        Assert.Equal("True Top top-id", ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task The_custom_status_shows_as_soon_as_the_start_is_seen_and_takes_any_value()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Status", async context =>
        {
            context.SetCustomStatus("Started!");
            context.SetCustomStatus(await context.WaitForExternalEvent<(string, int)>("Set"));
        }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Status");

        OrchestrationMetadata started = await host.StartOfAsync(instanceId);
        await host.Client.RaiseEventAsync(instanceId, "Set", ("done", 7), host.Timeout);
        OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

        Assert.Equal("Started!", started.ReadCustomStatusAs<string>());
        Assert.Equal(("done", 7), ended.ReadCustomStatusAs<(string, int)>());
    }

    [Fact]
    public async Task A_scheduled_start_stays_pending_until_its_time_and_events_wait_for_it()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Later", context => context.WaitForExternalEvent<string>("Go")));
        DateTimeOffset startAt = DateTimeOffset.UtcNow.AddMilliseconds(600);
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions(StartAt: startAt));

        await host.Client.RaiseEventAsync(instanceId, "Go", "went", host.Timeout);
        OrchestrationMetadata? before = await host.Client.GetInstanceAsync(instanceId);
        OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

        Assert.Equal(OrchestrationRuntimeStatus.Pending, before?.RuntimeStatus);
        Assert.Equal("went", ended.ReadOutputAs<string>());
        Assert.True(ended.LastUpdatedAt >= startAt, $"{ended}");
    }

    [Fact]
    public async Task An_instance_is_not_complete_while_a_timer_or_an_activity_that_it_asked_for_is_open()
    {
        var release = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Abandon", async context =>
            {
                _ = context.CallActivityAsync("Slow");
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                return "returned";
            })
            .AddActivityFunc("Slow", _ => release.Task));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Abandon");
        await host.StartOfAsync(instanceId);
        Task<OrchestrationMetadata> end = host.EndOfAsync(instanceId);
        await Assert.ThrowsAsync<TimeoutException>(() => end.WaitAsync(TimeSpan.FromMilliseconds(200)));

        release.SetResult();

        Assert.Equal("returned", (await end).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_cancelled_timer_does_not_keep_its_instance_running()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Cancel", async context =>
        {
            using var cancellation = new CancellationTokenSource();
            Task timer = context.CreateTimer(TimeSpan.FromHours(1), cancellation.Token);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            cancellation.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer);
            return "free";
        }));

        Assert.Equal("free", (await host.RunAsync("Cancel")).ReadOutputAs<string>());
    }
}
