using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

public class CriticalSectionTests
{
    private static readonly EntityInstanceId First = EntityTestTasks.CounterId("first");
    private static readonly EntityInstanceId Second = EntityTestTasks.CounterId("second");
    private static readonly EntityInstanceId Other = EntityTestTasks.CounterId("other");

    [Fact]
    public async Task While_it_lasts_others_wait_and_only_its_calls_reach_the_entities()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Holds", async context =>
        {
            await using (await context.Entities.LockEntitiesAsync(First, Second))
            {
                await context.WaitForExternalEvent<object?>("Go");
                await context.Entities.CallEntityAsync(First, "Add", 1);
                return await context.Entities.CallEntityAsync<int>(First, "Get");
            }
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Holds", new StartOrchestrationOptions("holder"));
        await LockedAsync(host, First, "holder");
        await host.Client.Entities.SignalEntityAsync(First, "Add", 100);
        await host.Client.Entities.SignalEntityAsync(First, "Add", 100);
        EntityMetadata<int>? locked = (await host.Client.Entities.GetAllEntitiesAsync<int>(
            new EntityQuery { IncludeTransient = true, InstanceIdStartsWith = First.ToString() }).FirstAsync());

        await host.Client.RaiseEventAsync("holder", "Go");

        Assert.Equal((2, "holder"), (locked?.BacklogQueueSize, locked?.LockedBy));
        Assert.Equal(1, (await host.EndOfAsync("holder")).ReadOutputAs<int>());
        await host.StateAsync(First, 201);
    }

    [Fact]
    public async Task Transfers_under_overlapping_locks_neither_block_one_another_nor_lose_anything()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc<int, int>("Transfer", async (context, number) =>
        {
            EntityInstanceId[] all = [First, Second, Other];
            EntityInstanceId from = all[number % 3];
            EntityInstanceId to = all[(number + 1 + (number / 3 % 2)) % 3];
            await using (await context.Entities.LockEntitiesAsync(from, to))
            {
                int balance = await context.Entities.CallEntityAsync<int>(from, "Get");
                await context.Entities.CallEntityAsync(from, "Add", -1);
                await context.Entities.CallEntityAsync(to, "Add", 1);
                return await context.Entities.CallEntityAsync<int>(from, "Get") - balance;
            }
        }));

        OrchestrationMetadata[] ended = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => host.RunAsync("Transfer", number)));

        Assert.All(ended, transfer => Assert.Equal(-1, transfer.ReadOutputAs<int>()));
        int[] balances = await Task.WhenAll(new[] { First, Second, Other }.Select(
            async id => (await host.Client.Entities.GetEntityAsync<int>(id))?.State ?? 0));
        Assert.Equal(0, balances.Sum());
    }

    [Fact]
    public async Task Its_rules_are_kept_with_the_words_of_azure()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Breaks", async context =>
        {
            TaskOrchestrationEntityFeature entities = context.Entities;
            var refused = new List<string>();
            Task<IAsyncDisposable> request = entities.LockEntitiesAsync(First, Second);
            await RefusesAsync(() => entities.CallEntityAsync(First, "Get"));
            await using (await request)
            {
                await RefusesAsync(() => entities.CallEntityAsync(Other, "Get"));
                await RefusesAsync(() => entities.SignalEntityAsync(First, "Add", 1));
                await RefusesAsync(() => entities.LockEntitiesAsync(Other));
                await RefusesAsync(() => context.CallSubOrchestratorAsync("Breaks"));
                Task pending = entities.CallEntityAsync(First, "Get");
                await RefusesAsync(() => entities.CallEntityAsync(First, "Get"));
                await pending;
                await entities.CallEntityAsync(First, "Get");
                await entities.SignalEntityAsync(Other, "Add", 1);
            }

            return refused;

            async Task RefusesAsync(Func<Task> call) => refused.Add((await Assert.ThrowsAsync<InvalidOperationException>(call)).Message);
        }));

        Assert.Equal(
            [
                "Must await the completion of the lock request prior to calling any entity.",
                "Must not call an entity from a critical section if it is not one of the locked entities.",
                "Must not signal a locked entity from a critical section.",
                "Must not enter another critical section from within a critical section.",
                "Must not call suborchestrations from within a critical section.",
                "Must not call an entity from a critical section while a prior call to the same entity is still pending.",
            ],
            (await host.RunAsync("Breaks")).ReadOutputAs<List<string>>());
    }

    [Fact]
    public async Task The_context_knows_whether_it_is_in_one_and_of_which_entities()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Asks", async context =>
        {
            var seen = new List<string>();
            See();
            IAsyncDisposable section = await context.Entities.LockEntitiesAsync(Second, First, Second);
            See();
            await section.DisposeAsync();
            await section.DisposeAsync();
            See();
            return seen;

            void See() => seen.Add(context.Entities.InCriticalSection(out IReadOnlyList<EntityInstanceId>? ids) ? string.Join(' ', ids) : "no");
        }));

        Assert.Equal(["no", "@counter@first @counter@second", "no"], (await host.RunAsync("Asks")).ReadOutputAs<List<string>>());
    }

    [Fact]
    public async Task A_critical_section_of_nothing_is_refused()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Nothing", async context =>
            (await Assert.ThrowsAsync<ArgumentException>(() => context.Entities.LockEntitiesAsync())).ParamName));

        Assert.Equal("entityIds", (await host.RunAsync("Nothing")).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("returns")]
    [InlineData("throws")]
    [InlineData("continues as new")]
    [InlineData("is terminated")]
    [InlineData("diverges")]
    public async Task It_ends_with_the_orchestration_however_that_ends(string how)
    {
        bool diverge = false;
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc<bool, int>("Keeps", async (context, again) =>
        {
            if (again)
            {
                return 1;
            }

            if (diverge)
            {
                await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
            }

            await context.Entities.LockEntitiesAsync(First, Second);
            await context.WaitForExternalEvent<object?>("Go");
            if (how == "continues as new")
            {
                context.ContinueAsNew(true);
            }

            return how == "throws" ? throw new InvalidOperationException("thrown") : 0;
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Keeps", false, new StartOrchestrationOptions("keeper"));
        await LockedAsync(host, First, "keeper");
        await LockedAsync(host, Second, "keeper");
        diverge = how == "diverges";

        await (how == "is terminated" ? host.Client.TerminateInstanceAsync("keeper") : host.Client.RaiseEventAsync("keeper", "Go"));
        await host.EndOfAsync("keeper");

        Assert.Equal("0", (await host.CallAsync(First, "Get")).SerializedOutput);
        Assert.Equal("0", (await host.CallAsync(Second, "Get")).SerializedOutput);
    }

    [Fact]
    public async Task A_lock_that_an_orchestration_was_waiting_for_when_it_was_terminated_is_not_given_to_it()
    {
        await using var host = await StartAsync(AddHolder);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Holds", First, new StartOrchestrationOptions("holder"));
        await LockedAsync(host, First, "holder");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("HoldsBoth", new StartOrchestrationOptions("waiter"));
        await LockedAsync(host, Second, "waiter");

        await host.Client.TerminateInstanceAsync("waiter");
        await host.EndOfAsync("waiter");
        Assert.Equal("0", (await host.CallAsync(Second, "Get")).SerializedOutput);
        await host.Client.RaiseEventAsync("holder", "Go");
        await host.EndOfAsync("holder");

        Assert.Equal("0", (await host.CallAsync(First, "Get")).SerializedOutput);
    }

    [Fact]
    public async Task Locks_and_what_waits_for_them_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await StartAsync(AddHolder, folder))
        {
            await before.Client.ScheduleNewOrchestrationInstanceAsync("Holds", First, new StartOrchestrationOptions("holder"));
            await LockedAsync(before, First, "holder");
            await before.Client.ScheduleNewOrchestrationInstanceAsync("Holds", First, new StartOrchestrationOptions("next"));
            await before.StartOfAsync("next");
            await before.Client.Entities.SignalEntityAsync(First, "Add", 5);
        }

        await using var after = await StartAsync(AddHolder, folder);
        Assert.Null(await after.Client.Entities.GetEntityAsync(First));
        await after.Client.RaiseEventAsync("holder", "Go");
        await LockedAsync(after, First, "next");
        await after.Client.RaiseEventAsync("next", "Go");

        await Task.WhenAll(after.EndOfAsync("holder"), after.EndOfAsync("next"));
        await after.StateAsync(First, 5);
    }

    private static Task LockedAsync(DurableTestHost host, EntityInstanceId id, string owner) => Eventually.TrueAsync(
        async () => await host.Client.Entities
            .GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true, InstanceIdStartsWith = id.ToString() })
            .AnyAsync(entity => entity.LockedBy == owner, host.Timeout),
        host.Timeout);

    private static void AddHolder(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc<EntityInstanceId, int>("Holds", async (context, id) =>
        {
            await using (await context.Entities.LockEntitiesAsync(id))
            {
                await context.WaitForExternalEvent<object?>("Go");
                return 0;
            }
        })
        .AddOrchestratorFunc("HoldsBoth", async context =>
        {
            await using (await context.Entities.LockEntitiesAsync(First, Second))
            {
                return 0;
            }
        });

    private static Task<DurableTestHost> StartAsync(Action<DurableTaskRegistry> more, TemporaryFolder? folder = null) =>
        DurableTestHost.StartAsync(
            tasks =>
            {
                tasks.AddCaller().AddEntity<Counter>();
                more(tasks);
            },
            folder: folder);
}
