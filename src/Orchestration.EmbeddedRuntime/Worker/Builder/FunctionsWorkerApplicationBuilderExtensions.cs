using Microsoft.DurableTask.Worker;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The worker's side of binding extensions. The embedded runtime has them without being asked.</summary>
public static class FunctionsWorkerApplicationBuilderExtensions
{
    /// <summary>Changes nothing here: blob functions always work.</summary>
    public static IFunctionsWorkerApplicationBuilder ConfigureBlobStorageExtension(this IFunctionsWorkerApplicationBuilder builder) => builder;

    /// <summary>Changes nothing here: durable functions always work.</summary>
    public static IFunctionsWorkerApplicationBuilder ConfigureDurableExtension(this IFunctionsWorkerApplicationBuilder builder) => builder;

    /// <summary>The worker that runs the app's durable functions, to which classes can be added.</summary>
    public static IDurableTaskWorkerBuilder ConfigureDurableWorker(this IFunctionsWorkerApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddDurableTaskWorker();
    }
}
