using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Worker;

/// <summary>The builder behind <c>AddDurableTaskWorker</c>.</summary>
/// <param name="name">The worker's name; null: the default worker.</param>
/// <param name="services">Where services are added.</param>
public class DefaultDurableTaskWorkerBuilder(string? name, IServiceCollection services) : IDurableTaskWorkerBuilder
{
    private Type? _buildTarget;

    public string Name { get; } = name ?? Options.DefaultName;

    public IServiceCollection Services { get; } = services;

    public Type? BuildTarget
    {
        get => _buildTarget;
        set => _buildTarget = value is null || (!value.IsAbstract && value.IsSubclassOf(typeof(DurableTaskWorker)))
            ? value
            : throw new ArgumentException($"Expected a concrete type derived from {nameof(DurableTaskWorker)}, found {value}.", nameof(value));
    }

    /// <summary>Makes the worker. Its constructor may take its name, an <see cref="IDurableTaskFactory"/> and services.</summary>
    /// <exception cref="InvalidOperationException">There is no <see cref="BuildTarget"/>.</exception>
    public IHostedService Build(IServiceProvider serviceProvider)
    {
        Type target = BuildTarget ?? throw new InvalidOperationException("The builder has no build target.");
        DurableTaskRegistry registry = serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(Name);
        return (IHostedService)ActivatorUtilities.CreateInstance(serviceProvider, target, Name, new DurableTaskFactory(registry));
    }
}
