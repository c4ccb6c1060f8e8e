using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

public class EntityClientTests
{
    private static readonly EntityInstanceId Id = EntityTestTasks.CounterId();

    [Fact]
    public async Task Signals_of_a_client_run_once_each_in_their_order()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddEntity<Journal>());
        var id = new EntityInstanceId("Journal", "j");

        foreach (int entry in Enumerable.Range(0, 2_500))
        {
            _ = host.Client.Entities.SignalEntityAsync(id, "Write", entry);
        }

        await Eventually.TrueAsync(
            async () => (await host.Client.Entities.GetEntityAsync<List<int>>(id))?.State?.Count == 2_500, host.Timeout);
        Assert.Equal(Enumerable.Range(0, 2_500), (await host.Client.Entities.GetEntityAsync<List<int>>(id))?.State);
    }

    [Fact]
    public async Task An_entity_tells_its_state_and_when_it_changed()
    {
        await using var host = await StartAsync();
        DateTimeOffset before = DateTimeOffset.UtcNow;
        await host.Client.Entities.SignalEntityAsync(Id, "Add", 3);
        await host.StateAsync(Id, 3);

        EntityMetadata? entity = await host.Client.Entities.GetEntityAsync(Id);
        EntityMetadata<int>? typed = await host.Client.Entities.GetEntityAsync<int>(Id);
        EntityMetadata<int>? bare = await host.Client.Entities.GetEntityAsync<int>(Id, includeState: false);

        Assert.Equal((Id, "3", 3), (entity?.Id, entity?.State?.Value, entity?.State?.ReadAs<int>()));
        Assert.InRange(entity?.LastModifiedTime ?? default, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal((3, 0, null), (typed?.State, typed?.BacklogQueueSize, typed?.LockedBy));
        Assert.False(bare?.IncludesState);
        Assert.Throws<InvalidOperationException>(() => bare?.State);
    }

    [Fact]
    public async Task An_entity_without_state_is_not_found()
    {
        await using var host = await StartAsync();

        Assert.Null(await host.Client.Entities.GetEntityAsync(Id));
        Assert.Null(await host.Client.Entities.GetEntityAsync<int>(Id));
    }

    [Fact]
    public async Task Signals_that_are_due_later_survive_a_restart_all_of_them()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await StartAsync(folder))
        {
            DateTimeOffset later = DateTimeOffset.UtcNow.AddSeconds(1);
            await before.Client.Entities.SignalEntityAsync(Id, "Add", 1, later);
            await before.Client.Entities.SignalEntityAsync(Id, "Add", 10, later);
        }

        await using var after = await StartAsync(folder);

        await after.StateAsync(Id, 11);
    }

    [Fact]
    public async Task Signals_that_came_while_no_worker_ran_are_run_by_the_next()
    {
        using var folder = new TemporaryFolder();
        await using (var without = await DurableTestHost.StartAsync(_ => { }, worker: worker => worker.Services.Remove(
            worker.Services.Last(service => service.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService))), folder: folder))
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => without.Client.Entities.SignalEntityAsync(Id, "Add", 1)));
        }

        await using var with = await StartAsync(folder);

        await with.StateAsync(Id, 20);
    }

    [Fact]
    public async Task A_listing_is_by_prefix_and_time_and_in_pages()
    {
        await using var host = await StartAsync();
        foreach (string key in new[] { "a1", "a2", "a3", "b1" })
        {
            await host.Client.Entities.SignalEntityAsync(EntityTestTasks.CounterId(key), "Add", 1);
            await host.StateAsync(EntityTestTasks.CounterId(key), 1);
        }

        DateTimeOffset middle = (await host.Client.Entities.GetEntityAsync(EntityTestTasks.CounterId("a3")))?.LastModifiedTime ?? default;

        Assert.Equal(["a1", "a2", "a3"], await KeysAsync(new EntityQuery { InstanceIdStartsWith = "Counter@a" }));
        Assert.Equal(["a1", "a2", "a3", "b1"], await KeysAsync(new EntityQuery { InstanceIdStartsWith = "@COUNT" }));
        Assert.Equal(["a3", "b1"], await KeysAsync(new EntityQuery { LastModifiedFrom = middle }));
        Assert.Equal(["a1", "a2", "a3"], await KeysAsync(new EntityQuery { LastModifiedTo = middle }));
        List<Page<EntityMetadata>> pages = await host.Client.Entities.GetAllEntitiesAsync(new EntityQuery { PageSize = 3 }).AsPages().ToListAsync();
        Assert.Equal([3, 1], pages.Select(page => page.Values.Count));
        Assert.Null(pages[1].ContinuationToken);
        Assert.Equal(1, await host.Client.Entities.GetAllEntitiesAsync(new EntityQuery { ContinuationToken = pages[0].ContinuationToken }).CountAsync());

        async Task<List<string>> KeysAsync(EntityQuery query) =>
            await host.Client.Entities.GetAllEntitiesAsync<int>(query).Select(entity => entity.Id.Key).ToListAsync();
    }

    [Fact]
    public async Task A_listing_has_entities_without_state_only_when_asked()
    {
        await using var host = await StartAsync();
        await host.CallAsync(Id, "Add", 1);
        await host.CallAsync(Id, "delete");

        Assert.Empty(await host.Client.Entities.GetAllEntitiesAsync().ToListAsync());
        EntityMetadata transient = Assert.Single(
            await host.Client.Entities.GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true }).ToListAsync());
        Assert.Equal((Id, false), (transient.Id, transient.IncludesState));
    }

    [Fact]
    public async Task Cleaning_removes_entities_of_which_nothing_is_left_and_only_those()
    {
        await using var host = await StartAsync();
        EntityInstanceId kept = EntityTestTasks.CounterId("kept");
        EntityInstanceId awaited = EntityTestTasks.CounterId("awaited");
        await host.CallAsync(kept, "Add", 1);
        await host.CallAsync(Id, "Add", 1);
        await host.CallAsync(Id, "delete");
        await host.Client.Entities.SignalEntityAsync(awaited, "Add", 1, DateTimeOffset.UtcNow.AddHours(1));

        CleanEntityStorageResult result = await host.Client.Entities.CleanEntityStorageAsync();

        Assert.Equal((1, 0, null), (result.EmptyEntitiesRemoved, result.OrphanedLocksReleased, result.ContinuationToken));
        Assert.Equal(
            [kept, awaited],
            await host.Client.Entities.GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true }).Select(entity => entity.Id).ToListAsync());
        Assert.Equal("0", (await host.CallAsync(Id, "Get")).SerializedOutput);
    }

    [Fact]
    public async Task Entities_whose_state_is_no_longer_in_memory_are_read_again()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddCaller().AddEntity<Counter>(),
            services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaxCachedInstances = 0));
        await host.CallAsync(Id, "Add", 2);
        await host.CallAsync(Id, "Add", 3);

        Assert.Equal("5", (await host.CallAsync(Id, "Get")).SerializedOutput);
    }

    [Fact]
    public async Task Entities_are_no_instances()
    {
        await using var host = await StartAsync();
        await host.Client.Entities.SignalEntityAsync(Id, "Add", 1);
        await host.StateAsync(Id, 1);

        Assert.Empty(await host.Client.GetAllInstancesAsync().ToListAsync());
        Assert.Null(await host.Client.GetInstanceAsync(Id.ToString()));
    }

    private static Task<DurableTestHost> StartAsync(TemporaryFolder? folder = null) =>
        DurableTestHost.StartAsync(tasks => tasks.AddCaller().AddEntity<Counter>(), folder: folder);

    public sealed class Journal : TaskEntity<List<int>>
    {
        public void Write(int entry) => State.Add(entry);
    }
}
