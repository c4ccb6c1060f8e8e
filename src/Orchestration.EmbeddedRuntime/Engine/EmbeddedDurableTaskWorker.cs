using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.Options;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>Runs the tasks of a registry on the embedded engine while the host runs.</summary>
internal sealed class EmbeddedDurableTaskWorker : DurableTaskWorker
{
    private readonly DurableEngine _engine;
    private readonly WorkerTasks _tasks;

    public EmbeddedDurableTaskWorker(
        string name,
        IDurableTaskFactory factory,
        IOptionsMonitor<DurableTaskRegistry> registry,
        IOptionsMonitor<DurableTaskWorkerOptions> options,
        IOptionsMonitor<DurableTaskWorkerWorkItemFilters> filters,
        DurableEngine engine,
        IServiceProvider services)
        : base(name, factory)
    {
        _engine = engine;
        _tasks = new WorkerTasks(registry.Get(name), options.Get(name), filters.Get(name), services);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the host has started: what cannot run keeps it from starting.
        _engine.Start(_tasks);
        return Task.CompletedTask;
    }

    public override Task StopAsync(CancellationToken cancellationToken) => _engine.StopAsync(cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}
