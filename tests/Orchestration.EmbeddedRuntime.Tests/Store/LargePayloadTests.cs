using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

/// <summary>Values over the threshold, which is 1,000 bytes here.</summary>
public sealed class LargePayloadTests : IDisposable
{
    private static readonly string Large = new('ä', 5_000);
    private readonly TemporaryFolder _folder = new();

    private string[] Files => Directory.Exists(_folder.File("store.db.payloads")) ? Directory.GetFiles(_folder.File("store.db.payloads")) : [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inputs_results_events_and_custom_status_are_read_back_from_files_after_a_restart()
    {
        string instanceId;
        await using (var host = await StartAsync())
        {
            instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Collects", Large);
            await WaitForStatusAsync(host, instanceId);
        }

        Assert.NotEmpty(Files);
        Assert.InRange(LargestRow(), 0, 1_000);
        await using (var host = await StartAsync())
        {
            await host.Client.RaiseEventAsync(instanceId, "more", Large + "event");
            OrchestrationMetadata ended = await host.EndOfAsync(instanceId);

            Assert.Equal(Large, ended.ReadInputAs<string>());
            Assert.Equal(Large + "status", ended.ReadCustomStatusAs<string>());
            Assert.Equal(Large + "activity" + Large + "event", ended.ReadOutputAs<string>());
        }
    }

    [Fact]
    public async Task Small_values_make_no_files()
    {
        await using var host = await StartAsync();

        await host.RunAsync("Echo", "small");

        Assert.Empty(Files);
    }

    [Fact]
    public async Task Purging_an_instance_removes_its_files_and_no_others()
    {
        await using var host = await StartAsync();
        OrchestrationMetadata purged = await host.RunAsync("Echo", Large);
        OrchestrationMetadata kept = await host.RunAsync("Echo", Large);
        int all = Files.Length;

        await host.Client.PurgeInstanceAsync(purged.InstanceId);

        Assert.Equal(all / 2, Files.Length);
        Assert.Equal(Large, (await host.EndOfAsync(kept.InstanceId)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continuing_as_new_leaves_no_files_of_earlier_executions_behind()
    {
        await using var host = await StartAsync();

        OrchestrationMetadata once = await host.RunAsync("Generations", new Generation(1, Large));
        int files = Files.Length;
        OrchestrationMetadata often = await host.RunAsync("Generations", new Generation(20, Large));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, once.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, often.RuntimeStatus);
        Assert.Equal(2 * files, Files.Length);
    }

    [Fact]
    public async Task A_file_that_was_changed_is_an_error_that_names_it()
    {
        string instanceId;
        await using (var host = await StartAsync())
        {
            instanceId = (await host.RunAsync("Echo", Large)).InstanceId;
            foreach (string file in Files)
            {
                byte[] content = await File.ReadAllBytesAsync(file);
                content[500] ^= 1;
                await File.WriteAllBytesAsync(file, content);
            }

            StoreException damage = await Assert.ThrowsAsync<StoreException>(() => host.EndOfAsync(instanceId));

            Assert.Equal(StoreError.Damaged, damage.Error);
            Assert.Contains(".payload", damage.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_gone_is_an_error_that_names_it()
    {
        await using var host = await StartAsync();
        string instanceId = (await host.RunAsync("Echo", Large)).InstanceId;
        Directory.Delete(_folder.File("store.db.payloads"), recursive: true);

        StoreException damage = await Assert.ThrowsAsync<StoreException>(() => host.EndOfAsync(instanceId));

        Assert.Equal(StoreError.Damaged, damage.Error);
    }

    [Fact]
    public async Task Files_that_a_crash_left_without_a_row_are_removed_at_the_next_start()
    {
        string instanceId;
        await using (var host = await StartAsync())
        {
            instanceId = (await host.RunAsync("Echo", Large)).InstanceId;
        }

        string orphan = Path.Combine(_folder.File("store.db.payloads"), "999999.payload");
        await File.WriteAllTextAsync(orphan, "left over");

        await using (var host = await StartAsync())
        {
            Assert.Equal(Large, (await host.EndOfAsync(instanceId)).ReadOutputAs<string>());
            Assert.False(File.Exists(orphan));
        }
    }

    private async Task<DurableTestHost> StartAsync() => await DurableTestHost.StartAsync(
        tasks => tasks
            .AddOrchestratorFunc<string, string>("Echo", (context, input) => context.CallActivityAsync<string>("Append", input))
            .AddOrchestratorFunc<string, string>("Collects", async (context, input) =>
            {
                string first = await context.CallActivityAsync<string>("Append", input + "activity");
                context.SetCustomStatus(input + "status");
                return first + await context.WaitForExternalEvent<string>("more");
            })
            .AddOrchestratorFunc<Generation, string>("Generations", async (context, generation) =>
            {
                context.SetCustomStatus(generation.Data + generation.Left);
                string data = await context.CallActivityAsync<string>("Append", generation.Data);
                if (generation.Left > 1)
                {
                    context.ContinueAsNew(new Generation(generation.Left - 1, data));
                }

                return data;
            })
            .AddActivityFunc<string, string>("Append", (_, input) => Task.FromResult(input)),
        services: services => services.Configure<EmbeddedDurableOptions>(options => options.PayloadThreshold = 1_000),
        folder: _folder);

    private static Task WaitForStatusAsync(DurableTestHost host, string instanceId) => Eventually.TrueAsync(
        async () => (await host.Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true))?.SerializedCustomStatus is not null, host.Timeout);

    private long LargestRow()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("store.db")};Pooling=False");
        connection.Open();
        return connection.Scalar<long>(
            """
            SELECT max(length(CAST(value AS BLOB))) FROM (
                SELECT input AS value FROM instances UNION ALL SELECT output FROM instances UNION ALL SELECT custom_status FROM instances
                UNION ALL SELECT events FROM history UNION ALL SELECT event FROM inbox UNION ALL SELECT event FROM activities)
            """);
    }

    private sealed record Generation(int Left, string Data);
}
