using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>What a worker brings to the engine: its tasks and how they are run. Safe for concurrent use.</summary>
internal sealed class WorkerTasks
{
    private readonly DurableTaskRegistry _registry;

    public WorkerTasks(DurableTaskRegistry registry, DurableTaskWorkerOptions options, TimeSpan? maximumTimerInterval, IServiceProvider services)
    {
        _registry = registry;
        Services = services;
        Failures = new FailureDescriber(services.GetService<IExceptionPropertiesProvider>());
        Settings = new TurnSettings(
            options.DataConverter,
            maximumTimerInterval ?? options.MaximumTimerInterval,
            options.Versioning,
            Failures,
            services.GetRequiredService<ILoggerFactory>());
    }

    public IServiceProvider Services { get; }

    public FailureDescriber Failures { get; }

    public TurnSettings Settings { get; }

    public DataConverter Converter => Settings.Converter;

    /// <summary>Makes the object that runs an activity; null when none is registered.</summary>
    public ITaskActivity? CreateActivity(string name, string version, IServiceProvider scope) =>
        _registry.TryGetActivity(name, version, out var factory) ? factory(scope) : null;

    /// <summary>Makes the object that runs operations of an entity; null when none is registered.</summary>
    public ITaskEntity? CreateEntity(string name, IServiceProvider scope) => _registry.TryGetEntity(name, out var factory) ? factory(scope) : null;

    /// <summary>Runs a turn, or what resembles one, with a service scope of its own for the orchestrator.</summary>
    public T Run<T>(Func<OrchestratorResolver, T> turn)
    {
        using IServiceScope scope = Services.CreateScope();
        IServiceProvider services = scope.ServiceProvider;
        return turn((name, version) => _registry.TryGetOrchestrator(name, version, out var factory) ? factory(services) : null);
    }
}
