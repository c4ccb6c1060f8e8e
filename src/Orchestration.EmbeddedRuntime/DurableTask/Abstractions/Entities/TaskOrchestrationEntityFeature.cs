using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask.Entities;

/// <summary>How an orchestrator works with entities. Used from the orchestrator's own thread only.</summary>
public abstract class TaskOrchestrationEntityFeature
{
    /// <summary>Runs an operation on an entity and gives its result.</summary>
    /// <exception cref="EntityOperationFailedException">Awaiting: the operation threw, or no such entity is registered.</exception>
    /// <exception cref="InvalidOperationException">
    /// Within a critical section: the entity is not one of the locked ones, or a call of it is still open.
    /// </exception>
    public abstract Task<TResult> CallEntityAsync<TResult>(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        CallEntityOptions? options = null);

    /// <inheritdoc cref="CallEntityAsync{TResult}(EntityInstanceId, string, object?, CallEntityOptions?)"/>
    public virtual Task<TResult> CallEntityAsync<TResult>(EntityInstanceId id, string operationName, CallEntityOptions? options) =>
        CallEntityAsync<TResult>(id, operationName, null, options);

    /// <inheritdoc cref="CallEntityAsync{TResult}(EntityInstanceId, string, object?, CallEntityOptions?)"/>
    public abstract Task CallEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        CallEntityOptions? options = null);

    /// <inheritdoc cref="CallEntityAsync{TResult}(EntityInstanceId, string, object?, CallEntityOptions?)"/>
    public virtual Task CallEntityAsync(EntityInstanceId id, string operationName, CallEntityOptions? options) =>
        CallEntityAsync(id, operationName, null, options);

    /// <summary>Asks an entity for an operation without waiting for it; at a later time where the options say so.</summary>
    /// <exception cref="InvalidOperationException">The entity is locked by the critical section that this is in.</exception>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null);

    /// <inheritdoc cref="SignalEntityAsync(EntityInstanceId, string, object?, SignalEntityOptions?)"/>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, SignalEntityOptions? options) =>
        SignalEntityAsync(id, operationName, null, options);

    /// <summary>
    /// Begins a critical section: locks entities, all of them or none, so that only this orchestration's calls reach them. What comes from
    /// elsewhere waits. Orchestrations that ask for overlapping locks never block one another for good.
    /// </summary>
    /// <returns>Ends the critical section when disposed. The end of the orchestration ends it too.</returns>
    /// <exception cref="ArgumentException">No entity is named.</exception>
    /// <exception cref="InvalidOperationException">A critical section has already begun.</exception>
    public abstract Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds);

    /// <inheritdoc cref="LockEntitiesAsync(IEnumerable{EntityInstanceId})"/>
    public virtual Task<IAsyncDisposable> LockEntitiesAsync(params EntityInstanceId[] entityIds) =>
        LockEntitiesAsync((IEnumerable<EntityInstanceId>)entityIds);

    /// <summary>Whether a critical section has begun, and which entities it locks.</summary>
    public abstract bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds);

    /// <inheritdoc cref="InCriticalSection(out IReadOnlyList{EntityInstanceId}?)"/>
    public virtual bool InCriticalSection() => InCriticalSection(out _);
}
