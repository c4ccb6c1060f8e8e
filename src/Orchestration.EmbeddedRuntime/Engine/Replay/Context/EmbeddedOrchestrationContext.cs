using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Tracing;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Context;

/// <summary>The orchestration context over an execution: converts values, applies versions and retries.</summary>
internal sealed class EmbeddedOrchestrationContext : TaskOrchestrationContext
{
    private readonly OrchestrationExecution _execution;
    private readonly TaskRetrier _retrier;
    private readonly OrchestrationEntities _entities;
    private int _guids;

    public EmbeddedOrchestrationContext(OrchestrationExecution execution)
    {
        _execution = execution;
        _retrier = new TaskRetrier(this, CreateReplaySafeLogger(EngineLog.Category));
        _entities = new OrchestrationEntities(execution);
        Parent = execution.Started.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;
    }

    public override TaskName Name => _execution.Started.Name;

    public override string InstanceId => _execution.InstanceId;

    public override ParentOrchestrationInstance? Parent { get; }

    public override DateTime CurrentUtcDateTime => _execution.CurrentUtcDateTime;

    public override bool IsReplaying => _execution.IsReplaying;

    public override string Version => _execution.Started.Version;

    public override TaskOrchestrationEntityFeature Entities => _execution.Settings.HasEntities
        ? _entities
        : throw new NotSupportedException(
            $"Durable entities are disabled because {nameof(DurableTaskWorkerOptions)}.{nameof(DurableTaskWorkerOptions.EnableEntitySupport)}=false");

    protected override ILoggerFactory LoggerFactory => _execution.Settings.Loggers;

    private DataConverter Converter => _execution.Settings.Converter;

    public override T? GetInput<T>()
        where T : default
        => Converter.Deserialize<T>(_execution.Started.Input);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        ThrowIfOptionsAsInput(input, options);
        string? data = Converter.Serialize(input);
        string version = options?.Version is { } asked ? asked.Version : Version;
        IReadOnlyDictionary<string, string>? tags = Copy(options?.Tags);

        string? result = await _retrier.RunAsync(
            name,
            options?.Retry,
            attempt => _execution.Ask(id => new TaskScheduled(id, name, version, data, tags, DurableSpans.ContextOf(_execution.Started, id)), attempt));
        return Read<TResult>(result);
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null)
    {
        ThrowIfOptionsAsInput(input, options);
        _entities.EnsureMayCallSubOrchestration();
        string? data = Converter.Serialize(input);
        string instanceId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        // A child is an instance of its own: it does not inherit the parent's version.
        string version = options?.Version is { } asked ? asked.Version : _execution.Settings.Versioning?.DefaultVersion ?? string.Empty;
        IReadOnlyDictionary<string, string>? tags = Copy(options?.Tags);

        string? result = await _retrier.RunAsync(
            orchestratorName,
            options?.Retry,
            attempt => _execution.Ask(
                id => new SubOrchestrationCreated(id, orchestratorName, version, instanceId, data, tags), attempt));
        return Read<TResult>(result);
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        DateTime end = fireAt.ToUniversalTime();
        DateTime next;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            DateTime longest = CurrentUtcDateTime + _execution.Settings.MaximumTimerInterval;
            next = end > longest ? longest : end;
            DateTime due = next;
            await _execution.Ask(id => new TimerCreated(id, due), cancellation: cancellationToken);
        }
        while (next < end);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        _execution.EnsureOrchestratorThread();
        return _execution.Events.WaitFor<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        string? data = Converter.Serialize(payload);
        _execution.Ask(id => new EventSent(id, instanceId, eventName, data));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        _execution.EnsureOrchestratorThread();
        _execution.CustomStatus = (Converter.Serialize(customStatus), true);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _execution.EnsureOrchestratorThread();
        _execution.ContinueAsNew = (Converter.Serialize(options.NewInput), options.NewVersion, options.PreserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        _execution.EnsureOrchestratorThread();
        return DeterministicGuid.Create(InstanceId, CurrentUtcDateTime, _guids++);
    }

    private TResult Read<TResult>(string? result) =>
        // A task without result gives the default, also for a non-nullable type, as on Azure.
        Converter.Deserialize<TResult>(result)!;

    private static Dictionary<string, string>? Copy(IDictionary<string, string>? tags) => tags is null ? null : new(tags);

    private static void ThrowIfOptionsAsInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException(
                $"A {nameof(TaskOptions)} was given as the task's input; pass it by name as the parameter '{nameof(options)}'.",
                nameof(input));
        }
    }
}
