using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Store.Records;

/// <summary>The row of an instance, as queries see it. Input, output, custom status and failure are null when not asked for.</summary>
internal sealed record InstanceRecord(
    long Key,
    string InstanceId,
    string Name,
    string Version,
    OrchestrationRuntimeStatus Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? CompletedAt,
    IReadOnlyDictionary<string, string>? Tags,
    string? CustomStatus,
    string? Input,
    string? Output,
    TaskFailureDetails? Failure);

/// <summary>A place in a listing.</summary>
/// <param name="Ticks">The time by which it goes, in UTC ticks.</param>
/// <param name="Key">Tells instances of the same time apart.</param>
internal readonly record struct ListPosition(long Ticks, long Key);

/// <summary>
/// Which instances a listing wants: in the order of their creation, or, where it asks for times of completion, in the order of those.
/// </summary>
internal sealed record InstanceFilter
{
    public bool IsByCompletion => CompletedFrom is not null || CompletedTo is not null;

    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public DateTime? CompletedFrom { get; init; }

    public DateTime? CompletedTo { get; init; }

    public IReadOnlyList<OrchestrationRuntimeStatus> Statuses { get; init; } = [];

    public string? InstanceIdPrefix { get; init; }

    /// <summary>Only instances after the one that stands here; null: from the beginning.</summary>
    public ListPosition? After { get; init; }

    public required int Limit { get; init; }

    public bool WithPayloads { get; init; }

    /// <summary>Where an instance stands in this listing.</summary>
    public ListPosition PositionOf(InstanceRecord record) => new(
        IsByCompletion && record.CompletedAt is { } completed ? completed.Ticks : record.CreatedAt.Ticks, record.Key);
}
