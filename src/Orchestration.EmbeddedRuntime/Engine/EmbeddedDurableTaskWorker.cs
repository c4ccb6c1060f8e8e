using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Hosting;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>Runs the tasks of a registry on the embedded engine while the host runs.</summary>
internal sealed class EmbeddedDurableTaskWorker(DurableTaskRegistry registry, DurableTaskWorkerOptions options, DurableEngine engine)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        throw new NotSupportedException($"{registry} {options} {engine}");
}
