using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

/// <summary>Orchestrations and entities calling, signalling and starting one another.</summary>
public class EntityCallTests
{
    private static readonly EntityInstanceId Id = EntityTestTasks.CounterId();

    [Fact]
    public async Task Signals_and_calls_of_an_orchestration_run_in_the_order_in_which_it_made_them()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Order", async context =>
        {
            await context.Entities.SignalEntityAsync(Id, "Add", 1);
            Task<int> afterOne = context.Entities.CallEntityAsync<int>(Id, "Get");
            await context.Entities.SignalEntityAsync(Id, "Add", 10);
            Task<int> afterTwo = context.Entities.CallEntityAsync<int>(Id, "Get");
            return new[] { await afterOne, await afterTwo };
        }));

        Assert.Equal("[1,11]", (await host.RunAsync("Order")).SerializedOutput);
    }

    [Fact]
    public async Task Operations_of_one_entity_never_overlap_and_each_runs_once()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Many", async context =>
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => context.Entities.CallEntityAsync(Id, "Add", 1)));
            return 0;
        }));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.RunAsync("Many")));

        Assert.Equal(500, (await host.Client.Entities.GetEntityAsync<int>(Id))?.State);
    }

    [Fact]
    public async Task A_failed_operation_fails_its_call_and_leaves_neither_state_nor_messages()
    {
        await using var host = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Never", _ => 0)
            .AddOrchestratorFunc("Catches", async context =>
            {
                await context.Entities.CallEntityAsync(Id, "Add", 5);
                EntityOperationFailedException failure = await Assert.ThrowsAsync<EntityOperationFailedException>(
                    () => context.Entities.CallEntityAsync(Id, "AddAndThrow", 7));
                return new[]
                {
                    failure.Message,
                    failure.EntityId.ToString(),
                    failure.OperationName,
                    failure.FailureDetails.ErrorType,
                    (await context.Entities.CallEntityAsync<int>(Id, "Get")).ToString(System.Globalization.CultureInfo.InvariantCulture),
                };
            }));

        OrchestrationMetadata ended = await host.RunAsync("Catches");

        Assert.Equal(
            [
                "Operation 'AddAndThrow' of entity '@counter@c' failed: after the change",
                "@counter@c",
                "AddAndThrow",
                "System.InvalidOperationException",
                "5",
            ],
            ended.ReadOutputAs<List<string>>());
        Assert.Null(await host.Client.GetInstanceAsync("never"));
        Assert.Equal("after the change", Assert.Single(host.Logs.OfTasks(15)).Exception?.Message);
    }

    [Fact]
    public async Task A_failed_operation_that_nobody_catches_fails_the_orchestration()
    {
        await using var host = await StartAsync();

        OrchestrationMetadata ended = await host.CallAsync(Id, "AddAndThrow", 1);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(typeof(EntityOperationFailedException).FullName, ended.FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task A_call_of_an_entity_that_is_not_registered_fails_by_its_code()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Calls", async context =>
            (await Assert.ThrowsAsync<EntityOperationFailedException>(
                () => context.Entities.CallEntityAsync(new EntityInstanceId("Nobody", "1"), "Add"))).FailureDetails.ErrorType));

        Assert.Equal("EntityTaskNotFound", (await host.RunAsync("Calls")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_batch_that_has_a_failed_operation_keeps_what_the_others_did()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Mixed", async context =>
        {
            await context.Entities.SignalEntityAsync(Id, "Add", 1);
            await context.Entities.SignalEntityAsync(Id, "AddAndThrow", 10);
            await context.Entities.SignalEntityAsync(Id, "Add", 100);
            return await context.Entities.CallEntityAsync<int>(Id, "Get");
        }));

        Assert.Equal(101, (await host.RunAsync("Mixed")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_entity_signals_another_and_starts_an_orchestration()
    {
        await using var host = await StartAsync(tasks => tasks
            .AddEntity<Sender>()
            .AddOrchestratorFunc<int, int>("Started", (_, input) => input + 1));
        string instanceId = (await host.CallAsync(new EntityInstanceId("Sender", "1"), "Go", 20)).ReadOutputAs<string>() ?? string.Empty;

        OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

        Assert.Equal(21, ended.ReadOutputAs<int>());
        Assert.Equal("yes", ended.Tags["byEntity"]);
        await host.StateAsync(Id, 20);
    }

    [Fact]
    public async Task A_start_by_an_entity_of_an_instance_that_runs_is_dropped_and_of_one_that_has_ended_replaces_it()
    {
        await using var host = await StartAsync(tasks => tasks
            .AddEntity<Sender>()
            .AddOrchestratorFunc<string, string>("Waits", async (context, input) => input + await context.WaitForExternalEvent<string>("Go")));
        var sender = new EntityInstanceId("Sender", "1");
        await host.CallAsync(sender, "StartWaits", "a");
        await host.CallAsync(sender, "StartWaits", "b");
        await host.Client.RaiseEventAsync("waits", "Go", "!");
        Assert.Equal("a!", (await host.EndOfAsync("waits")).ReadOutputAs<string>());

        await host.CallAsync(sender, "StartWaits", "c");
        await host.Client.RaiseEventAsync("waits", "Go", "!");

        Assert.Equal("c!", (await host.EndOfAsync("waits")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_signal_with_a_time_is_not_delivered_before_it()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Later", async context =>
        {
            DateTimeOffset later = context.CurrentUtcDateTime.AddMilliseconds(300);
            await context.Entities.SignalEntityAsync(Id, "Add", 1, later);
            await context.Entities.SignalEntityAsync(Id, "Add", 2, later);
            return await context.Entities.CallEntityAsync<int>(Id, "Get");
        }));
        DateTimeOffset start = DateTimeOffset.UtcNow;

        Assert.Equal(0, (await host.RunAsync("Later")).ReadOutputAs<int>());
        await host.StateAsync(Id, 3);

        Assert.True(DateTimeOffset.UtcNow - start >= TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Replaying_an_orchestration_calls_no_entity_again()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Turns", async context =>
        {
            for (int i = 0; i < 5; i++)
            {
                await context.Entities.SignalEntityAsync(Id, "Add", 1);
                await context.Entities.CallEntityAsync(Id, "Add", 10);
            }

            return await context.Entities.CallEntityAsync<int>(Id, "Get");
        }));

        Assert.Equal(55, (await host.RunAsync("Turns")).ReadOutputAs<int>());
    }

    private static Task<DurableTestHost> StartAsync(Action<DurableTaskRegistry>? more = null) => DurableTestHost.StartAsync(tasks =>
    {
        tasks.AddCaller().AddEntity<Counter>();
        more?.Invoke(tasks);
    });

    public sealed class Sender : TaskEntity<int>
    {
        public string Go(int amount)
        {
            Context.SignalEntity(EntityTestTasks.CounterId(), "Add", amount);
            return Context.ScheduleNewOrchestration(
                "Started", amount, new StartOrchestrationOptions { Tags = new Dictionary<string, string> { ["byEntity"] = "yes" } });
        }

        public void StartWaits(string input) => Context.ScheduleNewOrchestration("Waits", input, new StartOrchestrationOptions("waits"));
    }
}
