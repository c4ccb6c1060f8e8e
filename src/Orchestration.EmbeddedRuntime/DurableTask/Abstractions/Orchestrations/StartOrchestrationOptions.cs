namespace Microsoft.DurableTask;

/// <summary>How an orchestration is started.</summary>
public record StartOrchestrationOptions
{
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        StartAt = options.StartAt;
        Tags = options.Tags;
        Version = options.Version;
        DedupeStatuses = options.DedupeStatuses;
    }

    /// <summary>The instance id; null: a new one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When the first turn runs; null: at once.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Labels that stay with the instance.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The version to start; null: the client's default version.</summary>
    public TaskVersion? Version { get; init; }

    /// <summary>
    /// Names of the runtime statuses in which an existing instance of this id stands in the way. In any other status it is replaced.
    /// Null or empty: it is always replaced.
    /// </summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
