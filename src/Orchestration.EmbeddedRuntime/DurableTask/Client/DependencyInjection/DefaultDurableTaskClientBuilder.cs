using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Client;

/// <summary>The builder behind <c>AddDurableTaskClient</c>.</summary>
/// <param name="name">The client's name; null: the default client.</param>
/// <param name="services">Where services are added.</param>
public class DefaultDurableTaskClientBuilder(string? name, IServiceCollection services) : IDurableTaskClientBuilder
{
    private Type? _buildTarget;

    public string Name { get; } = name ?? Options.DefaultName;

    public IServiceCollection Services { get; } = services;

    public Type? BuildTarget
    {
        get => _buildTarget;
        set => _buildTarget = value is null || (!value.IsAbstract && value.IsSubclassOf(typeof(DurableTaskClient)))
            ? value
            : throw new ArgumentException($"Expected a concrete type derived from {nameof(DurableTaskClient)}, found {value}.", nameof(value));
    }

    /// <summary>Makes the client. Its constructor may take its name and services.</summary>
    /// <exception cref="InvalidOperationException">There is no <see cref="BuildTarget"/>.</exception>
    public DurableTaskClient Build(IServiceProvider serviceProvider) => (DurableTaskClient)ActivatorUtilities.CreateInstance(
        serviceProvider, BuildTarget ?? throw new InvalidOperationException("The builder has no build target."), Name);
}
