using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>The row of an instance, as queries see it. Input, output, custom status and failure are null when not asked for.</summary>
internal sealed record InstanceRecord(
    long Key,
    string InstanceId,
    string Name,
    string Version,
    OrchestrationRuntimeStatus Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    IReadOnlyDictionary<string, string>? Tags,
    string? CustomStatus,
    string? Input,
    string? Output,
    TaskFailureDetails? Failure);

/// <summary>Which instances a listing wants, in the order of their creation.</summary>
internal sealed record InstanceFilter
{
    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public DateTime? CompletedFrom { get; init; }

    public DateTime? CompletedTo { get; init; }

    public IReadOnlyList<OrchestrationRuntimeStatus> Statuses { get; init; } = [];

    public string? InstanceIdPrefix { get; init; }

    /// <summary>Only instances created after the one with this key.</summary>
    public long AfterKey { get; init; }

    public required int Limit { get; init; }

    public bool WithPayloads { get; init; }
}
