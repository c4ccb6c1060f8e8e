using Microsoft.Data.Sqlite;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

public sealed class DurableStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string StorePath => _folder.File("store.db");

    [Fact]
    public void A_store_that_is_open_cannot_be_opened_again_until_it_is_closed()
    {
        using (DurableStore.Open(StorePath))
        {
            Assert.Equal(StoreError.InUse, Assert.Throws<StoreException>(() => DurableStore.Open(StorePath)).Error);
        }

        using DurableStore again = DurableStore.Open(StorePath);
        Assert.Empty(again.Reader.List(new InstanceFilter { Limit = 1 }));
    }

    [Fact]
    public void A_store_of_a_newer_build_is_refused()
    {
        DurableStore.Open(StorePath).Dispose();
        Change("PRAGMA user_version = 99");

        StoreException error = Assert.Throws<StoreException>(() => DurableStore.Open(StorePath));

        Assert.Equal(StoreError.NewerSchema, error.Error);
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_store_is_refused_and_left_alone()
    {
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        File.WriteAllBytes(StorePath, content);

        Assert.Equal(StoreError.Damaged, Assert.Throws<StoreException>(() => DurableStore.Open(StorePath)).Error);
        Assert.Equal(content, File.ReadAllBytes(StorePath));
    }

    [Fact]
    public void A_path_that_cannot_be_created_is_refused()
    {
        File.WriteAllText(_folder.File("file"), string.Empty);

        Assert.Equal(
            StoreError.Unavailable,
            Assert.Throws<StoreException>(() => DurableStore.Open(Path.Combine(_folder.File("file"), "store.db"))).Error);
    }

    [Fact]
    public async Task Commands_that_wait_together_are_committed_together_and_survive_reopening()
    {
        int batches = 0;
        using (DurableStore store = DurableStore.Open(StorePath))
        {
            using var gate = new ManualResetEventSlim();
            store.Writer.Enqueue(new Probe(_ => gate.Wait()));
            for (int i = 0; i < 100; i++)
            {
                store.Writer.Enqueue(Create($"instance-{i}"));
            }

            gate.Set();
            for (int commands = 0; commands < 101; batches++)
            {
                IReadOnlyList<StoreCommand> batch = await store.Writer.Committed.ReadAsync();
                commands += batch.Count;
            }
        }

        Assert.InRange(batches, 1, 2);
        using DurableStore reopened = DurableStore.Open(StorePath);
        Assert.Equal(100, reopened.Reader.List(new InstanceFilter { Limit = 1000 }).Count);
        Assert.Equal(100, reopened.Reader.FindUnfinished().Messages.Count);
    }

    [Fact]
    public async Task A_command_that_cannot_be_written_does_not_take_others_with_it_and_leaves_nothing_behind()
    {
        using DurableStore store = DurableStore.Open(StorePath);
        using var gate = new ManualResetEventSlim();
        var poison = new Probe(session =>
        {
            session.Create("half-written", Started(), DateTime.UtcNow, null);
            throw new InvalidOperationException("poison");
        });
        store.Writer.Enqueue(new Probe(_ => gate.Wait()));
        CreateInstance[] good = [Create("before"), Create("after")];
        store.Writer.Enqueue(good[0]);
        store.Writer.Enqueue(poison);
        store.Writer.Enqueue(good[1]);

        gate.Set();

        StoreException failure = await Assert.ThrowsAsync<StoreException>(() => poison.Done);
        Assert.Contains("poison", failure.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            () => Task.FromResult(store.Reader.List(new InstanceFilter { Limit = 10 }).Count == 2), new CancellationTokenSource(30_000).Token);
        Assert.Null(store.Reader.Get("half-written", withPayloads: false));
    }

    [Fact]
    public async Task A_command_that_cannot_be_written_leaves_no_files_of_large_values_behind()
    {
        using DurableStore store = DurableStore.Open(StorePath, payloadThreshold: 100);
        var kept = new Probe(session => session.Create("kept", Started() with { Input = new string('x', 200) }, DateTime.UtcNow, null));
        var poison = new Probe(session =>
        {
            session.Create("half-written", Started() with { Input = new string('y', 200) }, DateTime.UtcNow, null);
            throw new InvalidOperationException("poison");
        });

        store.Writer.Enqueue(kept);
        await Eventually.TrueAsync(
            () => Task.FromResult(store.Reader.Get("kept", withPayloads: false) is not null), new CancellationTokenSource(30_000).Token);
        string[] before = Directory.GetFiles(StorePath + ".payloads");
        store.Writer.Enqueue(poison);
        await Assert.ThrowsAsync<StoreException>(() => poison.Done);

        Assert.NotEmpty(before);
        Assert.Equal(before.Order(), Directory.GetFiles(StorePath + ".payloads").Order());
        Assert.Equal(new string('x', 200), store.Reader.Get("kept", withPayloads: true)?.Input);
    }

    [Fact]
    public async Task A_command_to_a_closed_store_fails()
    {
        DurableStore store = DurableStore.Open(StorePath);
        store.Dispose();
        var late = new Probe(_ => { });

        store.Writer.Enqueue(late);

        Assert.Equal(StoreError.Closed, (await Assert.ThrowsAsync<StoreException>(() => late.Done)).Error);
    }

    public void Dispose() => _folder.Dispose();

    private static ExecutionStarted Started() => new("Name", string.Empty, null, Guid.NewGuid().ToString("N"));

    private static CreateInstance Create(string instanceId) => new(instanceId, Started(), DateTime.UtcNow, null, _ => true);

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False");
        connection.Open();
        connection.Run(sql);
    }

    /// <summary>A command that does what a test says.</summary>
    private sealed class Probe(Action<StoreSession> write) : StoreCommand<bool>
    {
        protected override bool Result => true;

        protected override void Write(StoreSession session) => write(session);
    }
}
