namespace Microsoft.DurableTask.Client;

/// <summary>Which orchestration instances to list.</summary>
/// <param name="CreatedFrom">Created at or after this time; null: no bound.</param>
/// <param name="CreatedTo">Created at or before this time; null: no bound.</param>
/// <param name="Statuses">In one of these statuses; null or empty: in any.</param>
/// <param name="TaskHubNames">In one of these task hubs; null or empty: in any. This store is one task hub.</param>
/// <param name="InstanceIdPrefix">The id begins with this; null: any id.</param>
/// <param name="PageSize">Instances on a page.</param>
/// <param name="FetchInputsAndOutputs">Whether input, output, custom status and failure come along.</param>
/// <param name="ContinuationToken">Where an earlier listing stopped; null: from the beginning.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    public const int DefaultPageSize = 100;
}
