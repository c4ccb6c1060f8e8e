using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A plain .NET host with a durable worker and client on a store in a temporary folder.</summary>
internal sealed class DurableTestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TemporaryFolder? _ownFolder;
    private readonly CancellationTokenSource _timeout = new(Debugger.IsAttached ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(30));

    private DurableTestHost(IHost host, TemporaryFolder? ownFolder, RecordedLogs logs)
    {
        _host = host;
        _ownFolder = ownFolder;
        Logs = logs;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    public DurableTaskClient Client { get; }

    public RecordedLogs Logs { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Ends a test that would hang.</summary>
    public CancellationToken Timeout => _timeout.Token;

    public static async Task<DurableTestHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        Action<IDurableTaskWorkerBuilder>? worker = null,
        Action<IDurableTaskClientBuilder>? client = null,
        Action<IServiceCollection>? services = null,
        TemporaryFolder? folder = null)
    {
        TemporaryFolder? ownFolder = folder is null ? new TemporaryFolder() : null;
        string storePath = (folder ?? ownFolder ?? throw new UnreachableException()).File("store.db");
        var logs = new RecordedLogs();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(logs);
        builder.Services.AddEmbeddedDurableEngine(options => options.StorePath = storePath);
        builder.Services.AddDurableTaskWorker(configured =>
        {
            configured.AddTasks(tasks);
            worker?.Invoke(configured);
        });
        builder.Services.AddDurableTaskClient(configured => client?.Invoke(configured));
        services?.Invoke(builder.Services);

        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
            return new DurableTestHost(host, ownFolder, logs);
        }
        catch
        {
            host.Dispose();
            ownFolder?.Dispose();
            throw;
        }
    }

    /// <summary>Starts an orchestration and waits for its end.</summary>
    public async Task<OrchestrationMetadata> RunAsync(TaskName orchestrator, object? input = null, StartOrchestrationOptions? options = null)
    {
        string instanceId = await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, options, Timeout);
        return await EndOfAsync(instanceId);
    }

    public Task<OrchestrationMetadata> EndOfAsync(string instanceId) =>
        Client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, Timeout);

    public Task<OrchestrationMetadata> StartOfAsync(string instanceId) =>
        Client.WaitForInstanceStartAsync(instanceId, getInputsAndOutputs: true, Timeout);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _ownFolder?.Dispose();
        _timeout.Dispose();
    }
}
