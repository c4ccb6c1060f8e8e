using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>What a worker brings to the engine: its tasks and how they are run. Safe for concurrent use.</summary>
internal sealed class WorkerTasks
{
    private readonly DurableTaskRegistry _registry;
    private readonly DurableTaskWorkerWorkItemFilters _filters;
#pragma warning disable CS0618 // It is experimental in the Microsoft packages too.
    private readonly IOrchestrationFilter? _filter;
#pragma warning restore CS0618

    public WorkerTasks(
        DurableTaskRegistry registry, DurableTaskWorkerOptions options, DurableTaskWorkerWorkItemFilters filters, IServiceProvider services)
    {
        _registry = registry;
        _filters = filters;
#pragma warning disable CS0618
        _filter = options.OrchestrationFilter ?? services.GetService<IOrchestrationFilter>();
#pragma warning restore CS0618
        Services = services;
        Concurrency = options.Concurrency;
        Failures = new FailureDescriber(services.GetService<IExceptionPropertiesProvider>());
        EmbeddedDurableOptions engine = services.GetRequiredService<IOptions<EmbeddedDurableOptions>>().Value;
        Settings = new TurnSettings(
            new LimitedConverter(options.DataConverter, engine.MaximumPayload),
            engine.MaximumTimerInterval ?? options.MaximumTimerInterval,
            options.Versioning,
            Failures,
            services.GetRequiredService<ILoggerFactory>())
        {
            HasEntities = options.EnableEntitySupport,
        };
    }

    public IServiceProvider Services { get; }

    public DurableTaskWorkerOptions.ConcurrencyOptions Concurrency { get; }

    public FailureDescriber Failures { get; }

    public TurnSettings Settings { get; }

    public DataConverter Converter => Settings.Converter;

    /// <summary>Whether this worker takes on an orchestration; if not, it waits in the store.</summary>
    public async ValueTask<bool> AcceptsAsync(ExecutionStarted orchestration, CancellationToken cancellation) =>
        _filters.AcceptsOrchestration(orchestration.Name, orchestration.Version)
        && (_filter is null || await _filter.IsOrchestrationValidAsync(new() { Name = orchestration.Name, Tags = orchestration.Tags }, cancellation));

    /// <summary>Whether this worker takes on an activity; if not, it waits in the store.</summary>
    public bool Accepts(TaskScheduled activity) => _filters.AcceptsActivity(activity.Name, activity.Version);

    /// <summary>Whether this worker takes on an entity's operations; if not, they wait in the store.</summary>
    public bool AcceptsEntity(string name) => _filters.AcceptsEntity(name);

    /// <summary>Makes the object that runs an activity; null when none is registered.</summary>
    public ITaskActivity? CreateActivity(string name, string version, IServiceProvider scope) =>
        _registry.TryGetActivity(name, version, out var factory) ? factory(scope) : null;

    /// <summary>Makes the object that runs operations of an entity; null when none is registered.</summary>
    public ITaskEntity? CreateEntity(string name, IServiceProvider scope) => _registry.TryGetEntity(name, out var factory) ? factory(scope) : null;

    /// <summary>Runs what resembles a turn, with a service scope of its own for the orchestrator.</summary>
    public T Run<T>(Func<OrchestratorResolver, T> turn)
    {
        using IServiceScope scope = Services.CreateScope();
        return turn(OrchestratorsOf(scope));
    }

    /// <summary>Makes orchestrators of the services of a scope.</summary>
    public OrchestratorResolver OrchestratorsOf(IServiceScope scope) => (name, version) =>
        _registry.TryGetOrchestrator(name, version, out var factory) ? factory(scope.ServiceProvider) : null;
}
