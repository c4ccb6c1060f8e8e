using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>What orchestrator code sees of its being replayed: the same values, and every line of a log once.</summary>
public class ReplaySafetyTests
{
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
}
