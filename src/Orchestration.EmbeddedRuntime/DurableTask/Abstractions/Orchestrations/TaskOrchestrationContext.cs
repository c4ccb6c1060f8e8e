using System.Collections.ObjectModel;
using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>
/// What an orchestrator works with. Orchestrator code is replayed, so this is its only source of time, identifiers and
/// asynchronous work, and it is used from the orchestrator's own thread only.
/// </summary>
public abstract class TaskOrchestrationContext
{
    private ILoggerFactory? _replaySafeLoggerFactory;

    /// <summary>The name of the orchestrator.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The id of this instance.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The orchestration that called this one; null at the top.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The time at which the current turn began, in UTC. The same in every replay, and later in every turn.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether the code that runs now has already run in an earlier turn.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>The version of this instance; empty when unversioned.</summary>
    public virtual string Version => string.Empty;

    /// <summary>Settings that the worker gives to orchestrators.</summary>
    public virtual IReadOnlyDictionary<string, object?> Properties => ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>Calls, signals and locks entities.</summary>
    /// <exception cref="NotSupportedException">This context has no entities.</exception>
    public virtual TaskOrchestrationEntityFeature Entities => throw new NotSupportedException($"{GetType()} does not support entities.");

    /// <summary>Makes loggers that are silent during replay. Disposing it does nothing.</summary>
    public virtual ILoggerFactory ReplaySafeLoggerFactory =>
        _replaySafeLoggerFactory ??= new ReplaySafeLoggerFactory(this, LoggerFactory);

    /// <summary>The host's logger factory, which knows nothing of replay.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>The input of this execution; the type's default when there is none.</summary>
    public abstract T? GetInput<T>();

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync(name, null, options);

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) =>
        CallActivityAsync<TResult>(name, null, options);

    /// <summary>Schedules an activity, which runs at least once, and gives its result.</summary>
    /// <exception cref="ArgumentException">The input is a <see cref="TaskOptions"/>: another overload was meant.</exception>
    /// <exception cref="TaskFailedException">Awaiting: the activity failed, and retries did not help.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    /// <inheritdoc cref="CreateTimer(DateTime, CancellationToken)"/>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>A durable timer. An instance is not complete while a timer is open, so cancel the ones that lost a race.</summary>
    /// <exception cref="TaskCanceledException">Awaiting: the token was cancelled first.</exception>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event with this name, case ignored. Events that come before anybody waits are kept in order; when several wait
    /// for one name, the newest gets the next event.
    /// </summary>
    /// <exception cref="ArgumentException">Somebody waits for this name with another type.</exception>
    /// <exception cref="TaskCanceledException">Awaiting: the token was cancelled first.</exception>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitForExternalEvent{T}(string, TimeSpan, CancellationToken)"/>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) =>
        WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <summary>Waits for an event until a durable timer fires.</summary>
    /// <exception cref="TaskCanceledException">Awaiting: the time is over, or the token was cancelled, before the event came.</exception>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timerCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource eventCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = CreateTimer(timeout, timerCancellation.Token);
        Task<T> received = WaitForExternalEvent<T>(eventName, eventCancellation.Token);

        // Cancelling synchronously keeps the callbacks on the orchestrator's thread.
        (await Task.WhenAny(received, timer) == received ? timerCancellation : eventCancellation).Cancel();
        return await received;
    }

    /// <summary>Raises an event to another instance. Nothing happens when that instance does not exist or has ended.</summary>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets what queries show as the custom status when this turn has been committed.</summary>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Runs another orchestration as a child of this one and gives its result.</summary>
    /// <exception cref="ArgumentException">The input is a <see cref="TaskOptions"/>: another overload was meant.</exception>
    /// <exception cref="TaskFailedException">Awaiting: the child failed or was terminated, and retries did not help.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync(orchestratorName, null, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallSubOrchestratorAsync<object>(orchestratorName, input, options);

    /// <summary>When the orchestrator returns, begins it anew with this input and an empty history, under the same instance id.</summary>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <inheritdoc cref="ContinueAsNew(object?, bool)"/>
    public virtual void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.NewVersion is not null)
        {
            throw new NotSupportedException("This context cannot change the version of an orchestration.");
        }

        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents);
    }

    /// <summary>A new unique identifier that is the same in every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent during replay.</summary>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) => ReplaySafeLoggerFactory.CreateLogger(categoryName);

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger(Type type) => ReplaySafeLoggerFactory.CreateLogger(type);

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger<T>() => ReplaySafeLoggerFactory.CreateLogger<T>();

    /// <summary>Compares this instance's version with another (see <see cref="TaskOrchestrationVersioningUtils"/>).</summary>
    public virtual int CompareVersionTo(string version) => TaskOrchestrationVersioningUtils.CompareVersions(Version, version);
}
