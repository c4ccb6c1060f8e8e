using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

public sealed class InstanceListingTests : IDisposable
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string[]> Plans => new()
    {
        { "all", ["instances_by_creation"] },
        { "running", ["instances_by_status"] },
        { "created", ["instances_by_creation"] },
        { "retention", ["instances_by_end"] },
        { "ended", ["instances_by_end", "instances_by_end"] },
        { "prefix", ["sqlite_autoindex_instances_1"] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_page_is_found_by_an_index_and_never_by_reading_the_whole_table(string listing, string[] indexes)
    {
        InstanceFilter filter = listing switch
        {
            "all" => new InstanceFilter { Limit = 10, After = new ListPosition(5, 5) },
            "running" => new InstanceFilter { Limit = 10, Statuses = [OrchestrationRuntimeStatus.Running] },
            "created" => new InstanceFilter { Limit = 10, CreatedFrom = Noon, CreatedTo = Noon.AddHours(1) },
            "retention" => new InstanceFilter { Limit = 10, Statuses = [OrchestrationRuntimeStatus.Completed], CompletedTo = Noon },
            "ended" => new InstanceFilter
            {
                Limit = 10,
                Statuses = [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed],
                CompletedFrom = Noon,
                After = new ListPosition(5, 5),
            },
            _ => new InstanceFilter { Limit = 10, InstanceIdPrefix = "order-" },
        };

        IReadOnlyList<string> plan = PlanOf(filter);

        Assert.Equal(indexes, plan.Where(step => step.Contains("INDEX", StringComparison.Ordinal)).Select(step => step.Split("INDEX ")[1].Split(' ')[0]));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) && listing != "prefix");
    }

    [Fact]
    public void Instances_of_the_same_moment_are_listed_once_each_page_after_page()
    {
        using DurableStore store = DurableStore.Open(_folder.File("store.db"));
        for (int i = 0; i < 25; i++)
        {
            store.Writer.Enqueue(new Orchestration.EmbeddedRuntime.Store.Commands.CreateInstance(
                $"instance-{i:00}", new ExecutionStarted("Name", string.Empty, null, "execution"), Noon.AddTicks(i / 10), null, _ => true));
        }

        store.Writer.Dispose();
        var listed = new List<string>();
        var filter = new InstanceFilter { Limit = 4, Statuses = [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Completed] };
        while (store.Reader.List(filter) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(record => record.InstanceId));
            filter = filter with { After = filter.PositionOf(page[^1]) };
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"instance-{i:00}"), listed);
    }

    [Fact]
    public void A_prefix_is_taken_literally()
    {
        using DurableStore store = DurableStore.Open(_folder.File("store.db"));
        foreach (string id in new[] { "a_b-1", "a_b-2", "axb-3", "A_B-4", "b" })
        {
            store.Writer.Enqueue(new Orchestration.EmbeddedRuntime.Store.Commands.CreateInstance(
                id, new ExecutionStarted("Name", string.Empty, null, "execution"), Noon, null, _ => true));
        }

        store.Writer.Dispose();

        Assert.Equal(["a_b-1", "a_b-2"], store.Reader.List(new InstanceFilter { Limit = 9, InstanceIdPrefix = "a_b" }).Select(record => record.InstanceId));
    }

    private List<string> PlanOf(InstanceFilter filter)
    {
        DurableStore.Open(_folder.File("store.db")).Dispose();
        using var connection = new SqliteConnection($"Data Source={_folder.File("store.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text under test.
        command.CommandText = "EXPLAIN QUERY PLAN " + InstanceListing.Write(command, "key, created_at, completed_at", filter);
#pragma warning restore CA2100
        var plan = new List<string>();
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            plan.Add(rows.GetString(3));
        }

        return plan;
    }
}
