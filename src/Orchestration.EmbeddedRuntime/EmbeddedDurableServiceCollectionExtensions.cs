using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestration.EmbeddedRuntime.Engine;

namespace Orchestration.EmbeddedRuntime;

/// <summary>Adds the embedded durable engine to a host.</summary>
public static class EmbeddedDurableServiceCollectionExtensions
{
    /// <summary>
    /// Adds the engine that all durable clients and the durable worker of this host share. Clients and workers add it themselves;
    /// call it to configure it.
    /// </summary>
    public static IServiceCollection AddEmbeddedDurableEngine(
        this IServiceCollection services,
        Action<EmbeddedDurableOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions().AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DurableEngine>();
        services.TryAddSingleton(provider => new InstanceDiagnoser(provider.GetRequiredService<DurableEngine>()));
        services.TryAddSingleton(provider => new InstanceHistories(provider.GetRequiredService<DurableEngine>(), provider));
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }
}
