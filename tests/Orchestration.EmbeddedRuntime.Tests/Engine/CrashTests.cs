using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.CrashWorker;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using Xunit.Abstractions;

namespace Orchestration.EmbeddedRuntime.Tests.Engine;

/// <summary>Kills a real worker process at random moments. CRASH_TEST_SECONDS sets how long (20), CRASH_TEST_SEED repeats a run.</summary>
public class CrashTests(ITestOutputHelper output)
{
    private const int InstancesOfEachKind = 8;

    [Fact]
    public async Task Whenever_the_process_is_killed_every_instance_ends_and_nothing_is_lost_or_applied_twice()
    {
        using var folder = new TemporaryFolder();
        int seed = Setting("CRASH_TEST_SEED", Environment.ProcessId);
        var random = new Random(seed);
        TimeSpan duration = TimeSpan.FromSeconds(Setting("CRASH_TEST_SECONDS", 20));
        using var timeout = new CancellationTokenSource(duration + TimeSpan.FromMinutes(1));

        int kills = 0;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration; kills++)
        {
            using CrashWorkerProcess worker = CrashWorkerProcess.Start(folder, $"batch{kills}", InstancesOfEachKind);
            await worker.RunningAsync(timeout.Token);
            await Task.Delay(random.Next(0, 600), timeout.Token);
            await worker.KillAsync();
        }

        using (CrashWorkerProcess last = CrashWorkerProcess.Start(folder, "last", 0))
        {
            Assert.Equal((0, string.Empty), await last.EndAsync(timeout.Token));
        }

        string context = $"after {kills} kills, seed {seed}";
        using DurableStore store = DurableStore.Open(folder.File("store.db"));
        IReadOnlyList<InstanceRecord> instances = store.Reader.List(new InstanceFilter { Limit = int.MaxValue, WithPayloads = true });
        output.WriteLine($"{instances.Count} instances {context}");
        Assert.True(instances.Count > kills, $"{instances.Count} instances {context}");
        Assert.Empty(instances.Where(instance => !EndedRight(instance)).Select(instance => $"{instance} {context}"));
        Assert.Empty(Violations(folder, store, instances).Select(violation => $"{violation} {context}"));
        IReadOnlyList<EntityRecord> entities = store.Reader.ListEntities(
            new EntityFilter { Limit = int.MaxValue, WithState = true, IncludeTransient = true }, DateTime.UtcNow);
        Assert.Empty(CrashedEntities.Violations(folder, instances, entities).Select(violation => $"{violation} {context}"));

        UnfinishedWork unfinished = store.Reader.FindUnfinished();
        Assert.Equal((0, 0, 0), (unfinished.Messages.Count, unfinished.Activities.Count, unfinished.Timers.Count));
        Assert.Equal("ok", Query(folder, "PRAGMA integrity_check", row => row.GetString(0)).Single());
        Assert.Equal(
            Query(folder, "SELECT file FROM payloads ORDER BY file", row => $"{row.GetInt64(0)}"),
            Directory.EnumerateFiles(folder.File("store.db.payloads")).Select(Path.GetFileNameWithoutExtension).OrderBy(file => long.Parse(file ?? "0", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_second_process_on_a_store_is_refused_with_a_clear_message()
    {
        using var folder = new TemporaryFolder();
        await using DurableTestHost first = await DurableTestHost.StartAsync(_ => { }, folder: folder);

        using CrashWorkerProcess second = CrashWorkerProcess.Start(folder, "second", 0);
        var (exitCode, errors) = await second.EndAsync(first.Timeout);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("another process has it open", errors, StringComparison.Ordinal);
    }

    private static bool EndedRight(InstanceRecord instance) =>
        instance.Status == OrchestrationRuntimeStatus.Completed
        && instance.Output == Workload.ExpectedOutputs[instance.Name].ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Violations(TemporaryFolder folder, DurableStore store, IReadOnlyList<InstanceRecord> instances)
    {
        ILookup<string, string> ran = File.ReadLines(folder.File("ran.log")).Select(line => line.Split(' ')).ToLookup(line => line[0], line => line[1]);
        foreach (InstanceRecord instance in instances)
        {
            HistoryEvent[] history = [.. store.Reader.Inspect(instance.InstanceId)?.Turns.SelectMany(turn => turn) ?? []];
            int[] asked = [.. history.OfType<ActionEvent>().Where(action => action.IsAwaited).Select(action => action.TaskId).Order()];
            int[] answered = [.. history.OfType<ResultEvent>().Select(result => result.TaskId).Order()];
            if (!asked.SequenceEqual(answered))
            {
                yield return $"{instance.InstanceId} asked for [{string.Join(',', asked)}] and was answered [{string.Join(',', answered)}]";
            }

            int distinct = ran[instance.InstanceId].Distinct().Count();
            if (distinct != Workload.ExpectedActivities[instance.Name])
            {
                yield return $"{instance.InstanceId} ran {distinct} activities";
            }
        }
    }

    private static List<T> Query<T>(TemporaryFolder folder, string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = new SqliteConnection($"Data Source={folder.File("store.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader rows = command.ExecuteReader();
        var values = new List<T>();
        while (rows.Read())
        {
            values.Add(read(rows));
        }

        return values;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
