using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Orchestration.Functions.Schedules;
using Orchestration.Protocol.Service;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Schedules;

/// <summary>A host as far as schedules go: the app's own services over an emulator, a clock that the test moves, and a client that notes what is started.</summary>
internal sealed class ScheduleRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Azurite _azurite;

    /// <param name="azurite">The storage.</param>
    /// <param name="started">The ids of jobs started so far; hosts of one task hub share them.</param>
    public ScheduleRig(Azurite azurite, ConcurrentQueue<string> started)
    {
        _azurite = azurite;
        Started = started;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddOrchestration();
        _services = services.BuildServiceProvider();
        Client.ScheduleNewOrchestrationInstanceAsync(default, default, default(StartOrchestrationOptions), default).ReturnsForAnyArgs(call =>
        {
            BeforeStart();
            var jobId = call.Arg<StartOrchestrationOptions>().InstanceId ?? "";
            Started.Enqueue(jobId);
            return Task.FromResult(jobId);
        });
        Client.GetInstanceAsync("", default, default).ReturnsForAnyArgs(call => Task.FromResult(Find(call.Arg<string>())));
        Client.GetInstanceAsync("", default(CancellationToken)).ReturnsForAnyArgs(call => Task.FromResult(Find(call.Arg<string>())));
    }

    /// <summary>Before the emulator's own clock, so that schedules count as written at this time.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public ConcurrentQueue<string> Started { get; }

    public MovableTime Time { get; } = new(Start);

    /// <summary>Called before each start of a job.</summary>
    public Action BeforeStart { get; set; } = () => { };

    private DurableTaskClient Client { get; } = Substitute.For<DurableTaskClient>("test");

    public Task TickAsync() => _services.GetRequiredService<ScheduleRunner>().RunDueAsync(Client, CancellationToken.None);

    public async Task<ScheduleView> ViewAsync(string name) =>
        await _services.GetRequiredService<ScheduleViews>().FindAsync(name, CancellationToken.None) ?? throw new InvalidOperationException("There is no such schedule.");

    public Task DropAsync(string name, string document) => UploadAsync("state", $"schedules/{name}.yaml", document);

    public async Task UploadAsync(string container, string name, string content = "x")
    {
        var client = _azurite.Client.GetBlobContainerClient(container);
        await client.CreateIfNotExistsAsync();
        await client.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private OrchestrationMetadata? Find(string jobId) =>
        Started.Contains(jobId) ? new OrchestrationMetadata("job", jobId) { RuntimeStatus = OrchestrationRuntimeStatus.Running } : null;

    internal sealed class MovableTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
