using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Hosting;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>Runs the tasks of a registry on the embedded engine while the host runs.</summary>
internal sealed class EmbeddedDurableTaskWorker(DurableTaskRegistry registry, DurableTaskWorkerOptions options, DurableEngine engine)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start(registry, options);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
