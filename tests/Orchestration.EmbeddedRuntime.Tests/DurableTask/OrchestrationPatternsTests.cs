using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
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
}
