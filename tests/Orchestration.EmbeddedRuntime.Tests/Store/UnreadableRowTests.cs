using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

/// <summary>Rows that are damaged, or of a newer build: the trouble of one instance, never of all.</summary>
public sealed class UnreadableRowTests : IDisposable
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddHours(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_message_that_cannot_be_read_holds_its_instance_visibly_until_it_is_terminated_and_no_other()
    {
        await using (var host = await StartAsync())
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("it", Later));
            await host.Client.RaiseEventAsync("it", "Go", "lost", host.Timeout);
        }

        Change("UPDATE inbox SET event = '{\"type\":\"ofANewerBuild\"}' WHERE sequence = (SELECT max(sequence) FROM inbox)");
        await using var restarted = await StartAsync();
        StallReason[] reasons = [];
        await Eventually.TrueAsync(
            () => Task.FromResult((reasons = [.. restarted.Services.GetRequiredService<InstanceDiagnoser>().Diagnose("it")?.Reasons ?? []])
                .Any(reason => reason.Code == StallCode.TurnFailed)),
            restarted.Timeout);
        OrchestrationMetadata other = await restarted.RunAsync("Ends");
        await restarted.Client.TerminateInstanceAsync("it", "given up", restarted.Timeout);

        Assert.Contains("a message cannot be read", reasons[0].Message, StringComparison.Ordinal);
        Assert.Single(restarted.Logs.OfTasks(710));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, other.RuntimeStatus);
        Assert.Equal("given up", (await restarted.EndOfAsync("it")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_passed_over_by_its_entity()
    {
        var id = new EntityInstanceId("Counter", "it");
        await using (var host = await StartAsync())
        {
            await host.Client.Entities.SignalEntityAsync(id, "Add", 1, new SignalEntityOptions { SignalTime = Later }, host.Timeout);
        }

        Change("UPDATE inbox SET event = '{}'");
        await using var restarted = await StartAsync();
        await restarted.Client.Entities.SignalEntityAsync(id, "Add", 5, cancellation: restarted.Timeout);
        EntityMetadata<int>? counter = null;
        await Eventually.TrueAsync(
            async () => (counter = await restarted.Client.Entities.GetEntityAsync<int>(id, cancellation: restarted.Timeout)) is not null,
            restarted.Timeout);

        Assert.Equal(5, counter?.State);
        Assert.Single(restarted.Logs.OfTasks(710));
    }

    [Fact]
    public async Task A_call_that_cannot_be_read_does_not_keep_the_engine_from_starting()
    {
        await using (var host = await StartAsync())
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Calls", new StartOrchestrationOptions("it"));
            await host.StartOfAsync("it");
        }

        Change("UPDATE activities SET event = 'no JSON'");
        await using var restarted = await StartAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await restarted.RunAsync("Ends")).RuntimeStatus);
        Assert.Single(restarted.Logs.OfTasks(710));
    }

    [Fact]
    public async Task An_instance_whose_history_cannot_be_read_can_be_terminated_and_purged()
    {
        await using (var host = await StartAsync())
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("it"));
            await host.StartOfAsync("it");
        }

        Change("UPDATE history SET events = 'no JSON'");
        await using var restarted = await StartAsync();
        await restarted.Client.RaiseEventAsync("it", "Go", "late", restarted.Timeout);
        await restarted.Client.TerminateInstanceAsync("it", "given up", restarted.Timeout);

        Assert.Equal("given up", (await restarted.EndOfAsync("it")).ReadOutputAs<string>());
        Assert.Equal(1, (await restarted.Client.PurgeInstanceAsync("it")).PurgedInstanceCount);
    }

    private Task<DurableTestHost> StartAsync() => DurableTestHost.StartAsync(
        tasks => tasks
            .AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<string>("Go"))
            .AddOrchestratorFunc("Calls", context => context.CallActivityAsync("Never"))
            .AddOrchestratorFunc("Ends", _ => "ended")
            .AddActivityFunc("Never", context => Task.Delay(
                Timeout.Infinite, Assert.IsAssignableFrom<EmbeddedActivityContext>(context).CancellationToken))
            .AddEntity<Counter>("Counter"),
        folder: _folder);

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("store.db")};Pooling=False");
        connection.Open();
        connection.Run(sql);
    }

    private sealed class Counter : TaskEntity<int>
    {
        public void Add(int amount) => State += amount;
    }
}
