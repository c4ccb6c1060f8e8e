using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Store.Records;

/// <summary>What is committed of an entity.</summary>
/// <param name="State">As text; null: there is none.</param>
/// <param name="Lock">Who has it locked; null: nobody.</param>
internal sealed record LoadedEntity(string? State, EntityCaller? Lock);

/// <summary>The row of an entity, as queries see it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="EntityId">As <c>@name@key</c>.</param>
/// <param name="ModifiedAt">When operations last ran.</param>
/// <param name="State">As text; null: there is none, or it was not asked for.</param>
/// <param name="HasState">Whether there is a state.</param>
/// <param name="LockedBy">The instance id of the lock's owner; null: it is not locked.</param>
/// <param name="LockId">The lock's name; null: it is not locked.</param>
/// <param name="Backlog">Messages that wait and are due.</param>
internal sealed record EntityRecord(
    long Key,
    string EntityId,
    DateTime ModifiedAt,
    string? State,
    bool HasState,
    string? LockedBy,
    string? LockId,
    int Backlog);

/// <summary>Which entities a listing wants, in the order of their creation.</summary>
internal sealed record EntityFilter
{
    public string? IdPrefix { get; init; }

    public DateTime? ModifiedFrom { get; init; }

    public DateTime? ModifiedTo { get; init; }

    /// <summary>Whether those without state are wanted too.</summary>
    public bool IncludeTransient { get; init; }

    public bool WithState { get; init; }

    /// <summary>Only entities created after the one with this key.</summary>
    public long AfterKey { get; init; }

    public required int Limit { get; init; }
}
