using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestration.EmbeddedRuntime;
using Orchestration.EmbeddedRuntime.Engine.Client;

namespace Microsoft.DurableTask.Client;

/// <summary>Adds durable task clients to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds a client, or finds the builder of the one with this name. The default client is also a service of its own. A service
    /// <see cref="DataConverter"/>, where there is one, is the client's converter.
    /// </summary>
    public static IDurableTaskClientBuilder AddDurableTaskClient(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddEmbeddedDurableEngine();
        services.TryAddSingleton<IDurableTaskClientProvider, DurableTaskClientProvider>();

        var added = services
            .Select(service => service.ImplementationInstance)
            .OfType<IDurableTaskClientBuilder>()
            .FirstOrDefault(builder => string.Equals(builder.Name, name ?? string.Empty, StringComparison.OrdinalIgnoreCase));
        if (added is not null)
        {
            return added;
        }

        var builder = new DefaultDurableTaskClientBuilder(name, services) { BuildTarget = typeof(EmbeddedDurableTaskClient) };
        services.AddOptions<DurableTaskClientOptions>(builder.Name).Configure<IServiceProvider>((options, provider) =>
            options.DataConverter = provider.GetService<DataConverter>() ?? options.DataConverter);
        services.AddSingleton<IDurableTaskClientBuilder>(builder);
        services.TryAddSingleton(provider => provider.GetRequiredService<IDurableTaskClientProvider>().GetClient());
        return builder;
    }

    public static IServiceCollection AddDurableTaskClient(this IServiceCollection services, Action<IDurableTaskClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskClient());
        return services;
    }

    public static IServiceCollection AddDurableTaskClient(
        this IServiceCollection services,
        string name,
        Action<IDurableTaskClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskClient(name));
        return services;
    }

    private sealed class DurableTaskClientProvider(IEnumerable<IDurableTaskClientBuilder> builders, IServiceProvider services)
        : IDurableTaskClientProvider, IAsyncDisposable
    {
        private readonly Dictionary<string, Lazy<DurableTaskClient>> _clients = builders.ToDictionary(
            builder => builder.Name,
            builder => new Lazy<DurableTaskClient>(() => builder.Build(services)),
            StringComparer.OrdinalIgnoreCase);

        public DurableTaskClient GetClient(string? name = null) => _clients.TryGetValue(name ?? string.Empty, out var client)
            ? client.Value
            : throw new ArgumentOutOfRangeException(nameof(name), name, "No durable task client of this name was added.");

        public async ValueTask DisposeAsync()
        {
            foreach (Lazy<DurableTaskClient> client in _clients.Values.Where(client => client.IsValueCreated))
            {
                await client.Value.DisposeAsync();
            }
        }
    }
}
