using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Rewinding;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Client;

/// <summary>The client of the embedded engine.</summary>
internal sealed partial class EmbeddedDurableTaskClient : DurableTaskClient, IDisposable
{
    private static readonly OrchestrationRuntimeStatus[] FinalStatuses =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    private readonly DurableTaskClientOptions _options;
    private readonly DurableEngine _engine;
    private readonly LimitedConverter _converter;
    private readonly EmbeddedEntityClient _entities;

    public EmbeddedDurableTaskClient(string name, IOptionsMonitor<DurableTaskClientOptions> options, DurableEngine engine)
        : base(name)
    {
        _options = options.Get(name);
        _engine = engine;
        _converter = new LimitedConverter(_options.DataConverter, engine.MaximumPayload);
        _entities = new EmbeddedEntityClient(name, _converter, engine);
    }

    public override DurableEntityClient Entities => _options.EnableEntitySupport
        ? _entities
        : throw new NotSupportedException(
            $"Durable entities are disabled because {nameof(DurableTaskClientOptions)}.{nameof(DurableTaskClientOptions.EnableEntitySupport)}=false");

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        string instanceId = options?.InstanceId is { Length: > 0 } given ? given : Guid.NewGuid().ToString("N");
        ThrowIfEntity(instanceId);
        IReadOnlyList<OrchestrationRuntimeStatus> dedupe = [.. (options?.DedupeStatuses ?? []).Select(ParseStatus)];
        string version = options?.Version is { } asked ? asked.Version : _options.DefaultVersion;
        string executionId = Guid.NewGuid().ToString("N");
        using Activity? span = DurableSpans.BeginCreation(orchestratorName.Name, version, instanceId, executionId);
        var started = new ExecutionStarted(
            orchestratorName.Name,
            version,
            _converter.Serialize(input),
            executionId,
            options?.Tags is { Count: > 0 } tags ? tags : null)
        {
            TraceParent = DurableSpans.Current,
            TraceState = Activity.Current?.TraceStateString,
        };

        await CreateAsync(instanceId, started, options?.StartAt?.UtcDateTime, dedupe, cancellation);
        return instanceId;
    }

    public override async Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        using Activity? span = DurableSpans.BeginEvent(eventName, instanceId);
        await SendAsync(instanceId, new EventRaised(eventName, _converter.Serialize(eventPayload)), cancellation);
    }

    public override Task TerminateInstanceAsync(
        string instanceId,
        TerminateInstanceOptions? options = null,
        CancellationToken cancellation = default) =>
        SendAsync(
            instanceId,
            new ExecutionTerminated(_converter.Serialize(options?.Output), options?.Recursive ?? false),
            cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionSuspended(reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionResumed(reason), cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default) =>
        WaitAsync(instanceId, metadata => metadata.RuntimeStatus != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default) =>
        WaitAsync(instanceId, metadata => metadata.IsCompleted, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        InstanceRecord? record = _engine.Reader.Get(instanceId, getInputsAndOutputs);
        return Task.FromResult(record is null ? null : ToMetadata(record, getInputsAndOutputs));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default)
    {
        OrchestrationMetadata? metadata = await GetInstanceAsync(instanceId, cancellation);
        if (metadata is { IsCompleted: false })
        {
            throw new InvalidOperationException(
                $"Only orchestrations in a terminal state can be purged, but '{instanceId}' is {metadata.RuntimeStatus}.");
        }

        return new PurgeResult(await _engine.SubmitAsync(new PurgeInstances([instanceId], options?.Recursive ?? false), cancellation));
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DateTime? deadline = filter.Timeout is { } timeout ? _engine.Now + timeout : null;
        OrchestrationRuntimeStatus[] statuses = filter.Statuses?.ToArray() is { Length: > 0 } asked
            ? [.. asked.Intersect(FinalStatuses)]
            : FinalStatuses;
        if (statuses.Length == 0)
        {
            return new PurgeResult(0, isComplete: true);
        }

        var found = new InstanceFilter
        {
            CreatedFrom = filter.CreatedFrom?.UtcDateTime,
            CreatedTo = filter.CreatedTo?.UtcDateTime,
            Statuses = statuses,
            Limit = DurableEngine.PurgeBatch,
        };
        return await _engine.PurgeAsync(found, options?.Recursive ?? false, deadline, cancellation);
    }

    public override async Task<string> RestartAsync(
        string instanceId,
        bool restartWithNewInstanceId = false,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        InstanceRecord record = _engine.Reader.Get(instanceId, withPayloads: true)
            ?? throw new ArgumentException($"An orchestration with the instanceId {instanceId} was not found.");
        if (!restartWithNewInstanceId && !FinalStatuses.Contains(record.Status))
        {
            throw new InvalidOperationException(
                $"Instance '{instanceId}' is {record.Status}: wait until it has ended, or restart it under a new instance id.");
        }

        string newInstanceId = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        var started = new ExecutionStarted(record.Name, record.Version, record.Input, Guid.NewGuid().ToString("N"), record.Tags);
        await CreateAsync(newInstanceId, started, null, [], cancellation);
        return newInstanceId;
    }

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        IReadOnlyList<RewoundInstance> rewound = RewindPlanner.Plan(_engine, instanceId);
        if (!await _engine.SubmitAsync(new RewindInstances(rewound, reason, _engine.Now, _engine.Dispatcher.Resume, _engine.Dispatcher.Arm), cancellation))
        {
            throw new InvalidOperationException($"Instance '{instanceId}' has changed meanwhile, so it cannot be rewound.");
        }
    }

    public override Task<IList<global::DurableTask.Core.History.HistoryEvent>> GetOrchestrationHistoryAsync(
        string instanceId,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        return _engine.Reader.Inspect(instanceId) is { } stored
            ? Task.FromResult(CoreHistory.Of(instanceId, stored.Turns))
            : throw new ArgumentException($"An orchestration with the instanceId {instanceId} was not found.", nameof(instanceId));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Nothing to release: the engine belongs to the host. It is here because hosts dispose their services synchronously too.</summary>
    public void Dispose()
    {
    }

    private static OrchestrationRuntimeStatus ParseStatus(string status) =>
        Enum.TryParse(status, ignoreCase: true, out OrchestrationRuntimeStatus parsed) && Enum.IsDefined(parsed)
            ? parsed
            : throw new ArgumentException($"Invalid orchestration runtime status: '{status}' for deduplication.");

    private void ThrowIfEntity(string instanceId)
    {
        if (_options.EnableEntitySupport && instanceId.StartsWith('@'))
        {
            throw new ArgumentException($"Instance ids that begin with '@' are those of entities; '{instanceId}' cannot be an orchestration's.");
        }
    }

    private async Task CreateAsync(
        string instanceId,
        ExecutionStarted started,
        DateTime? startAt,
        IReadOnlyList<OrchestrationRuntimeStatus> dedupe,
        CancellationToken cancellation)
    {
        while (await _engine.SubmitAsync(new CreateInstance(instanceId, started, _engine.Now, startAt, dedupe.Contains), cancellation)
            is { } obstacle)
        {
            if (dedupe.Contains(obstacle))
            {
                throw new OrchestrationAlreadyExistsException(
                    $"An orchestration with the instance id '{instanceId}' already exists and is {obstacle}.");
            }

            if (dedupe.Contains(OrchestrationRuntimeStatus.Terminated))
            {
                throw new ArgumentException(
                    $"The instance '{instanceId}' is {obstacle}; replacing it would terminate it first, "
                    + $"but the deduplication statuses keep an instance that is {OrchestrationRuntimeStatus.Terminated}.");
            }

            await TerminateInstanceAsync(instanceId, new TerminateInstanceOptions("Replaced by a new instance of the same id."), cancellation);
            await WaitForInstanceCompletionAsync(instanceId, cancellation);
        }
    }

    private Task<bool> SendAsync(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ThrowIfEntity(instanceId);
        return _engine.SubmitAsync(new SendMessage(instanceId, message), cancellation);
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId,
        Predicate<OrchestrationMetadata> isThere,
        bool getInputsAndOutputs,
        CancellationToken cancellation)
    {
        while (true)
        {
            Task change = _engine.Signals.NextChange(instanceId);
            OrchestrationMetadata? metadata = await GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);
            if (metadata is null)
            {
                _engine.Signals.Notify(instanceId);
                throw new InvalidOperationException($"Orchestration with instanceId '{instanceId}' does not exist");
            }

            if (isThere(metadata))
            {
                return metadata;
            }

            await change.WaitAsync(cancellation);
        }
    }

    private OrchestrationMetadata ToMetadata(InstanceRecord record, bool withPayloads) => new(record.Name, record.InstanceId)
    {
        DataConverter = withPayloads ? _options.DataConverter : null,
        RuntimeStatus = record.Status,
        CreatedAt = record.CreatedAt,
        LastUpdatedAt = record.UpdatedAt,
        SerializedInput = record.Input,
        SerializedOutput = record.Output,
        SerializedCustomStatus = record.CustomStatus,
        FailureDetails = record.Failure,
        Tags = record.Tags ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty,
    };
}
