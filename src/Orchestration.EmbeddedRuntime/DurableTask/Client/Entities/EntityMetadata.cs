using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>An entity, with its state as text.</summary>
/// <param name="id">The entity.</param>
/// <param name="state">Its state; null: it was not asked for, or there is none.</param>
public sealed class EntityMetadata(EntityInstanceId id, SerializedData? state = null) : EntityMetadata<SerializedData>(id, state);

/// <summary>An entity.</summary>
/// <typeparam name="TState">Its state.</typeparam>
public class EntityMetadata<TState>
{
    private readonly TState? _state;

    /// <summary>An entity without its state.</summary>
    public EntityMetadata(EntityInstanceId id)
        : this(id, default)
    {
        IncludesState = false;
    }

    /// <summary>An entity with its state; null stands for none.</summary>
    public EntityMetadata(EntityInstanceId id, TState? state)
    {
        Id = id;
        IncludesState = state is not null;
        _state = state;
    }

    public EntityInstanceId Id { get; }

    /// <summary>When an operation last ran, in UTC.</summary>
    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>Messages that wait for the entity; those that are not due yet do not count.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The instance id of the orchestration that has locked the entity; null: none has.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Whether the state is there to be read.</summary>
    [MemberNotNullWhen(true, nameof(State))]
    public bool IncludesState { get; }

    /// <exception cref="InvalidOperationException">There is no state here.</exception>
    public TState? State => IncludesState
        ? _state
        : throw new InvalidOperationException($"The state of entity '{Id}' is not included: it was not asked for, or there is none.");
}
