using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Signals entities and reads their state. Safe for concurrent use.</summary>
/// <param name="name">The client's name.</param>
public abstract class DurableEntityClient(string name)
{
    public string Name { get; } = name;

    /// <summary>Asks an entity for an operation; completes when the signal is durable, not when the operation has run.</summary>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null,
        CancellationToken cancellation = default);

    /// <inheritdoc cref="SignalEntityAsync(EntityInstanceId, string, object?, SignalEntityOptions?, CancellationToken)"/>
    public virtual Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        SignalEntityOptions options,
        CancellationToken cancellation = default) =>
        SignalEntityAsync(id, operationName, null, options, cancellation);

    /// <inheritdoc cref="SignalEntityAsync(EntityInstanceId, string, object?, SignalEntityOptions?, CancellationToken)"/>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, CancellationToken cancellation) =>
        SignalEntityAsync(id, operationName, null, null, cancellation);

    /// <summary>An entity as it was last committed; null when it has no state.</summary>
    public abstract Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id,
        bool includeState = true,
        CancellationToken cancellation = default);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public virtual Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync(id, includeState: true, cancellation);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public abstract Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id,
        bool includeState = true,
        CancellationToken cancellation = default);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public virtual Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync<T>(id, includeState: true, cancellation);

    /// <summary>The entities that a query names, in no promised order.</summary>
    public abstract AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null);

    /// <inheritdoc cref="GetAllEntitiesAsync(EntityQuery?)"/>
    public abstract AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null);

    /// <summary>Removes what is left of entities without state, and locks whose orchestration is no more.</summary>
    /// <param name="request">What to clean; null: everything.</param>
    /// <param name="continueUntilComplete">Whether to go on until all entities have been looked at; otherwise the result tells where to go on.</param>
    /// <param name="cancellation">Gives up.</param>
    public abstract Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null,
        bool continueUntilComplete = true,
        CancellationToken cancellation = default);
}
