namespace Microsoft.DurableTask.Client.Entities;

/// <summary>What to clean of the entities.</summary>
public readonly record struct CleanEntityStorageRequest
{
    /// <summary>Everything.</summary>
    public static CleanEntityStorageRequest Default { get; } = new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true };

    /// <summary>Whether entities without state, lock and waiting messages are removed.</summary>
    public bool RemoveEmptyEntities { get; init; }

    /// <summary>Whether locks are released whose orchestration does not run any more.</summary>
    public bool ReleaseOrphanedLocks { get; init; }

    /// <summary>Where an earlier cleaning stopped; null: at the beginning.</summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>What a cleaning did.</summary>
public readonly record struct CleanEntityStorageResult
{
    public int EmptyEntitiesRemoved { get; init; }

    public int OrphanedLocksReleased { get; init; }

    /// <summary>Where to go on; null: everything has been looked at.</summary>
    public string? ContinuationToken { get; init; }
}
