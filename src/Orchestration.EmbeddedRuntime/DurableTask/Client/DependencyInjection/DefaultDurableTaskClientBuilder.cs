using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine.Client;

namespace Microsoft.DurableTask.Client;

/// <summary>The builder behind <c>AddDurableTaskClient</c>.</summary>
/// <param name="name">The client's name; null: the default client.</param>
/// <param name="services">Where services are added.</param>
public class DefaultDurableTaskClientBuilder(string? name, IServiceCollection services) : IDurableTaskClientBuilder
{
    public string Name { get; } = name ?? Options.DefaultName;

    public IServiceCollection Services { get; } = services;

    public Type? BuildTarget { get; set; }

    public DurableTaskClient Build(IServiceProvider serviceProvider) =>
        (DurableTaskClient)ActivatorUtilities.CreateInstance(
            serviceProvider,
            BuildTarget ?? typeof(EmbeddedDurableTaskClient),
            Name,
            serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskClientOptions>>().Get(Name));
}
