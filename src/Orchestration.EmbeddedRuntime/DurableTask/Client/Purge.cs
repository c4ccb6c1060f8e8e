namespace Microsoft.DurableTask.Client;

/// <summary>How instances are purged.</summary>
/// <param name="Recursive">Whether sub-orchestrations go as well.</param>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>Which ended instances to purge.</summary>
/// <param name="CreatedFrom">Created at or after this time; null: no bound.</param>
/// <param name="CreatedTo">Created at or before this time; null: no bound.</param>
/// <param name="Statuses">In one of these statuses; null or empty: in any that is final.</param>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    /// <summary>How long to purge at most; null: until done.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What a purge did.</summary>
/// <param name="count">Instances removed.</param>
/// <param name="isComplete">Whether nothing was left; null: unknown.</param>
public class PurgeResult(int count, bool? isComplete)
{
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    public int PurgedInstanceCount { get; } = count;

    public bool? IsComplete { get; } = isComplete;
}
