using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime;
using Orchestration.EmbeddedRuntime.Engine;

namespace Microsoft.DurableTask.Worker;

/// <summary>Adds durable task workers to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds a worker, or finds the builder of the one with this name. A service <see cref="DataConverter"/>, where there is one, is its converter.
    /// </summary>
    public static IDurableTaskWorkerBuilder AddDurableTaskWorker(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddEmbeddedDurableEngine();

        var added = services
            .Select(service => service.ImplementationInstance)
            .OfType<IDurableTaskWorkerBuilder>()
            .FirstOrDefault(builder => string.Equals(builder.Name, name ?? string.Empty, StringComparison.OrdinalIgnoreCase));
        if (added is not null)
        {
            return added;
        }

        var builder = new DefaultDurableTaskWorkerBuilder(name, services) { BuildTarget = typeof(EmbeddedDurableTaskWorker) };
        services.AddOptions<DurableTaskWorkerOptions>(builder.Name).Configure<IServiceProvider>((options, provider) =>
            options.DataConverter = provider.GetService<DataConverter>() ?? options.DataConverter);
        services.AddSingleton<IDurableTaskWorkerBuilder>(builder);
        services.AddSingleton<IHostedService>(builder.Build);
        return builder;
    }

    public static IServiceCollection AddDurableTaskWorker(this IServiceCollection services, Action<IDurableTaskWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskWorker());
        return services;
    }

    public static IServiceCollection AddDurableTaskWorker(
        this IServiceCollection services,
        string name,
        Action<IDurableTaskWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskWorker(name));
        return services;
    }
}
