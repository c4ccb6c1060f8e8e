using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine;

namespace Microsoft.DurableTask.Worker;

/// <summary>The builder behind <c>AddDurableTaskWorker</c>.</summary>
/// <param name="name">The worker's name; null: the default worker.</param>
/// <param name="services">Where services are added.</param>
public class DefaultDurableTaskWorkerBuilder(string? name, IServiceCollection services) : IDurableTaskWorkerBuilder
{
    public string Name { get; } = name ?? Options.DefaultName;

    public IServiceCollection Services { get; } = services;

    public Type? BuildTarget { get; set; }

    public IHostedService Build(IServiceProvider serviceProvider) =>
        (IHostedService)ActivatorUtilities.CreateInstance(
            serviceProvider,
            BuildTarget ?? typeof(EmbeddedDurableTaskWorker),
            serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(Name),
            serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskWorkerOptions>>().Get(Name));
}
