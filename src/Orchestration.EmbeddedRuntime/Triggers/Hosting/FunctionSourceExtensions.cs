using System.Reflection;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Where the embedded host looks for functions.</summary>
public static class FunctionSourceExtensions
{
    private static readonly object Key = new();

    /// <summary>Takes functions from these types instead of the entry assembly: for tests.</summary>
    public static FunctionsApplicationBuilder UseFunctionsFrom(this FunctionsApplicationBuilder builder, params Type[] types)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(types);
        builder.Properties[Key] = types;
        return builder;
    }

    /// <inheritdoc cref="UseFunctionsFrom(FunctionsApplicationBuilder, Type[])"/>
    public static IHostBuilder UseFunctionsFrom(this IHostBuilder builder, params Type[] types)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(types);
        builder.Properties[Key] = types;
        return builder;
    }

    internal static IReadOnlyList<Type> FunctionTypes(IDictionary<object, object> properties)
        => properties.TryGetValue(Key, out var types) ? (Type[])types : Assembly.GetEntryAssembly()?.GetExportedTypes() ?? [];
}
