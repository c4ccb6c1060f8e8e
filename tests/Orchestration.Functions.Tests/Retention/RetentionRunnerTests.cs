using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Orchestration.Functions.Index;
using Orchestration.Functions.Retention;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Tests.Index;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Retention;

public sealed class RetentionRunnerTests(EmulatorOfItsOwn emulator) : IClassFixture<EmulatorOfItsOwn>, IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly ConcurrentDictionary<string, OrchestrationRuntimeStatus> _instances = new(StringComparer.Ordinal);
    private readonly DurableTaskClient _client = Substitute.For<DurableTaskClient>("test");
    private readonly List<ServiceProvider> _hosts = [];

    public async Task InitializeAsync()
    {
        await emulator.ClearAsync();
        _client.GetInstanceAsync("", default, default).ReturnsForAnyArgs(call => Task.FromResult(Find(call.Arg<string>())));
        _client.GetInstanceAsync("", default(CancellationToken)).ReturnsForAnyArgs(call => Task.FromResult(Find(call.Arg<string>())));
        _client.PurgeInstanceAsync("", default, default).ReturnsForAnyArgs(call => Task.FromResult(Purge(call.Arg<string>())));
        _client.PurgeInstanceAsync("", default(CancellationToken)).ReturnsForAnyArgs(call => Task.FromResult(Purge(call.Arg<string>())));
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Each_state_has_an_age_and_what_is_at_work_is_not_touched()
    {
        var old = Host(Now.AddDays(-40));
        await AddAsync(old, "old-completed", JobState.Completed);
        await AddAsync(old, "old-failed-01", JobState.Failed);
        await AddAsync(old, "old-dead-0001", JobState.DeadLettered);
        await AddAsync(old, "old-at-work-1", null);
        await AddAsync(old, "old-killed-01", null, OrchestrationRuntimeStatus.Terminated);
        await AddAsync(Host(Now.AddDays(-3)), "new-completed", JobState.Completed);

        var removed = await RunAsync(Host(Now, ("CompletedDays", "30"), ("FailedDays", "60"), ("CancelledDays", "30")));

        Assert.Equal(2, removed);
        Assert.Equal(["new-completed", "old-at-work-1", "old-dead-0001", "old-failed-01"], await ListAsync());
        Assert.Equal(["new-completed", "old-at-work-1", "old-dead-0001", "old-failed-01"], _instances.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Everything_of_a_job_goes_but_its_result_unless_that_is_asked_for()
    {
        await AddAsync(Host(Now.AddDays(-40)), "old-completed", JobState.Completed);
        await RunAsync(Host(Now, ("CompletedDays", "30")));
        Assert.Equal(["results/old-completed/result.json", "state/claims/old-completed.json"], await FilesOfAsync("old-completed"));

        // The id is free, and whoever takes it learns that there is a result of another job.
        var again = Host(Now.AddDays(-40));
        Assert.Null(await again.GetRequiredService<ClaimStore>().ReadAsync("old-completed", CancellationToken.None));
        var answer = await again.GetRequiredService<ClaimStore>().TryClaimAsync(
            new JobClaim(new JobDocumentBuilder("system.echo").WithJobId("old-completed").Build(), Now.AddDays(-40), null), CancellationToken.None);
        Assert.Equal((null, true), (answer.Earlier, answer.AfterRefusal));
        await AddAsync(again, "old-completed", JobState.Completed);
        await RunAsync(Host(Now, ("CompletedDays", "30"), ("RemoveResults", "true")));
        Assert.Empty(await FilesOfAsync("old-completed"));
    }

    [Fact]
    public async Task A_run_is_bounded_and_the_next_goes_on()
    {
        var old = Host(Now.AddDays(-40));
        for (var number = 0; number < 5; number++)
        {
            await AddAsync(old, $"old-job-{number:0000}", JobState.Completed);
        }

        var host = Host(Now, ("CompletedDays", "30"), ("JobsPerRun", "2"));

        var removed = new List<int>();
        for (var run = 0; run < 4; run++)
        {
            removed.Add(await RunAsync(host));
        }

        Assert.Equal([2, 2, 1, 0], removed);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_segment_goes_with_its_last_job()
    {
        await AddAsync(Host(Now.AddDays(-40)), "old-completed", JobState.Completed);
        var host = Host(Now, ("CompletedDays", "30"));

        await RunAsync(host);

        Assert.Empty(await host.GetRequiredService<JobIndex>().ListSegmentsAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_job_that_has_got_the_id_of_one_that_was_removed_halfway_is_left_alone()
    {
        var old = Host(Now.AddDays(-40));
        await AddAsync(old, "used-twice-01", JobState.Completed);
        await old.GetRequiredService<ClaimStore>().ReleaseAsync("used-twice-01", CancellationToken.None);
        await AddAsync(Host(Now.AddDays(-1)), "used-twice-01", JobState.Completed);

        await RunAsync(Host(Now, ("CompletedDays", "30")));

        Assert.Equal(["used-twice-01"], await ListAsync());
        Assert.True(_instances.ContainsKey("used-twice-01"));
    }

    [Fact]
    public async Task Where_all_is_kept_for_ever_nothing_is_looked_at()
    {
        await AddAsync(Host(Now.AddDays(-4000)), "old-completed", JobState.Completed);

        Assert.Equal(0, await RunAsync(Host(Now, ("CompletedDays", "0"), ("FailedDays", "0"), ("CancelledDays", "0"), ("TimedOutDays", "0"))));
        Assert.Equal(["old-completed"], await ListAsync());
    }

    private OrchestrationMetadata? Find(string id) =>
        _instances.TryGetValue(id, out var status) ? new OrchestrationMetadata("job", id) { RuntimeStatus = status, LastUpdatedAt = Now.AddDays(-40) } : null;

    private PurgeResult Purge(string id) => new(_instances.TryRemove(id, out _) ? 1 : 0);

    /// <summary>The app's services as they are at a time.</summary>
    private ServiceProvider Host(DateTimeOffset now, params (string Name, string Value)[] retention)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                KeyValuePair.Create<string, string?>("AzureWebJobsStorage", emulator.Azurite.ConnectionString),
                .. retention.Select(setting => KeyValuePair.Create<string, string?>($"Retention:{setting.Name}", setting.Value)),
            ])
            .Build());
        var time = Substitute.For<TimeProvider>();
        time.GetUtcNow().Returns(now);
        services.AddSingleton(time);
        services.AddOrchestration();
        _hosts.Add(services.BuildServiceProvider());
        return _hosts[^1];
    }

    /// <summary>A job with everything that may be kept of one.</summary>
    private async Task AddAsync(ServiceProvider host, string jobId, JobState? state, OrchestrationRuntimeStatus? status = null)
    {
        var (now, index) = (host.GetRequiredService<TimeProvider>().GetUtcNow(), host.GetRequiredService<JobIndex>());
        var document = new JobDocumentBuilder("system.echo").WithJobId(jobId).Build();
        await host.GetRequiredService<ClaimStore>().TryClaimAsync(new JobClaim(document, now, null), CancellationToken.None);
        var segment = index.AssignSegment();
        await index.AddAsync(segment, new IndexLine(jobId, IndexedJob.For(document, now)), CancellationToken.None);
        _instances[jobId] = status ?? (state is null ? OrchestrationRuntimeStatus.Running : OrchestrationRuntimeStatus.Completed);
        foreach (var (container, name) in new[] { ("state", $"events/{jobId}.jsonl"), ("state", $"cancellations/{jobId}.json"), ("checkpoints", $"{jobId}/1/map.json") })
        {
            await emulator.Azurite.Client.GetBlobContainerClient(container).CreateIfNotExistsAsync();
            await emulator.Azurite.Client.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString("{}"), overwrite: true);
        }

        if (state is { } end)
        {
            await index.AddAsync(segment, new IndexLine(jobId, State: end, EndedAt: now), CancellationToken.None);
            var result = new JobResult
            {
                JobId = jobId, Operation = "system.echo", Status = "completed", WorkerId = "w", ExecutionSummary = new ExecutionSummary(now, 0, 1, null),
            };
            await host.GetRequiredService<ResultStore>().WriteResultAsync(result, CancellationToken.None);
        }
    }

    private Task<int> RunAsync(ServiceProvider host) => host.GetRequiredService<RetentionRunner>().RunAsync(_client, CancellationToken.None);

    private async Task<IEnumerable<string>> ListAsync() =>
        (await new JobLister(emulator.OpenIndex()).ListAsync(_client, new JobFilter(), 100, null, CancellationToken.None)).Jobs.Select(job => job.JobId).Order(StringComparer.Ordinal);

    private async Task<IReadOnlyList<string>> FilesOfAsync(string jobId)
    {
        var found = new List<string>();
        await foreach (var container in emulator.Azurite.Client.GetBlobContainersAsync())
        {
            await foreach (var blob in emulator.Azurite.Client.GetBlobContainerClient(container.Name).GetBlobsAsync())
            {
                if (blob.Name.Contains(jobId, StringComparison.Ordinal))
                {
                    found.Add($"{container.Name}/{blob.Name}");
                }
            }
        }

        return found;
    }
}
