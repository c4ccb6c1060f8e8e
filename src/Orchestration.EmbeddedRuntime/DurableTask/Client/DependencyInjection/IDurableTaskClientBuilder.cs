using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask.Client;

/// <summary>Configures one named client.</summary>
public interface IDurableTaskClientBuilder
{
    string Name { get; }

    IServiceCollection Services { get; }

    /// <summary>The type of client to build; the embedded engine's where none was chosen.</summary>
    Type? BuildTarget { get; set; }

    DurableTaskClient Build(IServiceProvider serviceProvider);
}

/// <summary>Gives clients by name.</summary>
public interface IDurableTaskClientProvider
{
    /// <param name="name">The client's name, case ignored; null: the default client.</param>
    /// <exception cref="ArgumentOutOfRangeException">No client of that name was added.</exception>
    DurableTaskClient GetClient(string? name = null);
}
