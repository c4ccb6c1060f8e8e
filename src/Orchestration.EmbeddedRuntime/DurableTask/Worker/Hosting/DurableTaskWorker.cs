using Microsoft.Extensions.Hosting;

namespace Microsoft.DurableTask.Worker.Hosting;

/// <summary>The base of workers: a hosted service that runs tasks.</summary>
/// <param name="name">The worker's name; null: the default worker.</param>
/// <param name="factory">Makes the objects that run its tasks.</param>
public abstract class DurableTaskWorker(string? name, IDurableTaskFactory factory) : BackgroundService
{
    protected virtual string Name { get; } = name ?? Extensions.Options.Options.DefaultName;

    protected virtual IDurableTaskFactory Factory { get; } = factory;

    /// <summary>Adds values to the failure details that are kept of exceptions; null: nothing is added.</summary>
    protected IExceptionPropertiesProvider? ExceptionPropertiesProvider { get; set; }
}
