using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

/// <summary>
/// Stores that earlier builds wrote, as files. Each holds an instance that completed, one that failed, one that waits for the event "go",
/// and one that is scheduled for a distant time; their ids say which.
/// </summary>
public sealed class OlderStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Store", "Recorded")).Select(Path.GetFileName).OfType<string>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Its_instances_are_there_and_go_on(string file)
    {
        Place(file);
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc<string, string>("Echo", (context, input) => context.CallActivityAsync<string>("Same", input))
                .AddOrchestratorFunc<string, string>("Waits", async (context, input) =>
                {
                    context.SetCustomStatus("waiting");
                    string result = await context.CallActivityAsync<string>("Same", input);
                    return result + await context.WaitForExternalEvent<string>("go");
                })
                .AddActivityFunc<string, string>("Same", (_, input) => Task.FromResult(input)),
            folder: _folder);

        await host.Client.RaiseEventAsync("waiting", "go", "set");
        OrchestrationMetadata ended = await host.EndOfAsync("waiting");

        Assert.Equal("ready, set", ended.ReadOutputAs<string>());
        Assert.Equal("one", (await host.EndOfAsync("completed")).ReadOutputAs<string>());
        Assert.Equal("on purpose", (await host.EndOfAsync("failed")).FailureDetails?.ErrorMessage);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync("scheduled"))?.RuntimeStatus);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_is_listed_like_one_of_today(string file)
    {
        using DurableStore store = DurableStore.Open(Place(file));

        IReadOnlyList<InstanceRecord> failed = store.Reader.List(new InstanceFilter { Statuses = [OrchestrationRuntimeStatus.Failed], Limit = 10 });
        IReadOnlyList<InstanceRecord> ended = store.Reader.List(new InstanceFilter { CompletedTo = DateTime.UtcNow, Limit = 10 });

        Assert.Equal(["failed"], failed.Select(record => record.InstanceId));
        Assert.Equal(["completed", "failed"], ended.Select(record => record.InstanceId));
    }

    private string Place(string file)
    {
        string path = _folder.File("store.db");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Store", "Recorded", file), path);
        return path;
    }
}
