using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Worker;

/// <summary>Settings of a worker builder.</summary>
public static class DurableTaskWorkerBuilderExtensions
{
    /// <summary>Adds orchestrators and activities; calls add up.</summary>
    public static IDurableTaskWorkerBuilder AddTasks(this IDurableTaskWorkerBuilder builder, Action<DurableTaskRegistry> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    public static IDurableTaskWorkerBuilder Configure(
        this IDurableTaskWorkerBuilder builder,
        Action<DurableTaskWorkerOptions> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Runs a worker of another type in place of the embedded engine's.</summary>
    /// <exception cref="ArgumentException">The type is no concrete <see cref="DurableTaskWorker"/>.</exception>
    public static IDurableTaskWorkerBuilder UseBuildTarget(this IDurableTaskWorkerBuilder builder, Type target)
    {
        builder.BuildTarget = target;
        return builder;
    }

    /// <inheritdoc cref="UseBuildTarget(IDurableTaskWorkerBuilder, Type)"/>
    public static IDurableTaskWorkerBuilder UseBuildTarget<TTarget>(this IDurableTaskWorkerBuilder builder)
        where TTarget : DurableTaskWorker
        => builder.UseBuildTarget(typeof(TTarget));

    /// <summary>Runs a worker of another type, whose options begin with those of this builder.</summary>
    public static IDurableTaskWorkerBuilder UseBuildTarget<TTarget, TOptions>(this IDurableTaskWorkerBuilder builder)
        where TTarget : DurableTaskWorker
        where TOptions : DurableTaskWorkerOptions
    {
        builder.Services.AddOptions<TOptions>(builder.Name).PostConfigure<IOptionsMonitor<DurableTaskWorkerOptions>>(
            (options, common) => common.Get(builder.Name).CopyTo(options));
        return builder.UseBuildTarget<TTarget>();
    }

    public static IDurableTaskWorkerBuilder UseVersioning(
        this IDurableTaskWorkerBuilder builder,
        DurableTaskWorkerOptions.VersioningOptions versionOptions) =>
        builder.Configure(options => options.Versioning = versionOptions);

    /// <summary>Lets a service decide which orchestrations run.</summary>
    [Obsolete("Experimental")]
    public static IDurableTaskWorkerBuilder UseOrchestrationFilter<TOrchestrationFilter>(this IDurableTaskWorkerBuilder builder)
        where TOrchestrationFilter : class, IOrchestrationFilter
    {
        builder.Services.AddSingleton<IOrchestrationFilter, TOrchestrationFilter>();
        return builder;
    }

    /// <inheritdoc cref="UseOrchestrationFilter{TOrchestrationFilter}"/>
    [Obsolete("Experimental")]
    public static IDurableTaskWorkerBuilder UseOrchestrationFilter(this IDurableTaskWorkerBuilder builder, IOrchestrationFilter filter)
    {
        builder.Services.AddSingleton(filter);
        return builder;
    }

    /// <summary>Lets the worker take on only what the filters name; null: everything, whatever was said before.</summary>
    /// <remarks>The worker does not start (<see cref="OptionsValidationException"/>) when a filter names a task that is not registered.</remarks>
    public static IDurableTaskWorkerBuilder UseWorkItemFilters(
        this IDurableTaskWorkerBuilder builder, DurableTaskWorkerWorkItemFilters? workItemFilters)
    {
        DurableTaskWorkerWorkItemFilters wanted = workItemFilters ?? new DurableTaskWorkerWorkItemFilters();
        var options = builder.Services.AddOptions<DurableTaskWorkerWorkItemFilters>(builder.Name).PostConfigure(filters =>
        {
            filters.Orchestrations = wanted.Orchestrations;
            filters.Activities = wanted.Activities;
            filters.Entities = wanted.Entities;
        });
        if (!wanted.IsEmpty)
        {
            options.Validate<IOptionsMonitor<DurableTaskRegistry>>(
                (filters, registry) => filters.NamesOnly(registry.Get(builder.Name)),
                "A work item filter names a task that is not registered with the worker: work of that name would wait for ever.");
        }

        return builder;
    }

    /// <summary>Lets the worker take on only what is registered with it: other work waits instead of failing.</summary>
    public static IDurableTaskWorkerBuilder UseWorkItemFilters(this IDurableTaskWorkerBuilder builder)
    {
        builder.Services.AddOptions<DurableTaskWorkerWorkItemFilters>(builder.Name)
            .PostConfigure<IOptionsMonitor<DurableTaskRegistry>, IOptionsMonitor<DurableTaskWorkerOptions>>((filters, registry, options) =>
                filters.AcceptOnly(registry.Get(builder.Name), options.Get(builder.Name)));
        return builder;
    }
}
